"""Schedules the answers that are written at once, one pass of the model after another."""
