"""What Gemma costs and yields here, with random weights in the real shapes."""
