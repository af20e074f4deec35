"""Runs the model over the running sequences, samples their next tokens, and turns tokens into text."""
