"""Measures, by one command, whether the merge is better than its best model: every goal and its baselines."""
