"""Where a model's weights come from: a folder or the Hugging Face hub, and its quantised copies."""
