"""Asks a model for a review, and checks its answer."""
