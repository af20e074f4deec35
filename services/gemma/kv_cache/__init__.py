"""Keeps the keys and values of what a model has read."""
