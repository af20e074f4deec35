"""Two reviewers without a model: they read a text by rule, and are silent where they are not sure."""
