"""Whether the merge is better than its best voice: one command measures every goal and its baselines."""
