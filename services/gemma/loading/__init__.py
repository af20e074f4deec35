"""Loads a model: chooses a plan, reads the weights and the tokenizer, and makes a first forward pass."""
