"""The default rubrics, and the checks that any rubric has to pass."""
