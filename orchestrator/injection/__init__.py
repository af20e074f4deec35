"""Finds passages that try to steer the models, and confirms which of them did."""
