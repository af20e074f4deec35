"""Continuous batching: decides which answers share the model's next forward pass."""
