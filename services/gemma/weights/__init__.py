"""Finds, checks, quantises and loads a model's weights."""
