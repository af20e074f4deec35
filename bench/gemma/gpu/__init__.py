"""Measures the Gemma server on a GPU, part by part, on a machine that has torch and transformers alone."""
