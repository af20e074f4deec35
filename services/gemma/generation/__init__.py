"""Generates answers: runs the model, samples tokens, and turns them into text."""
