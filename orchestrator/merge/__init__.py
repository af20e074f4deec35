"""Merges many models' feedback into one, as a pure function that does not depend on the answers' order."""
