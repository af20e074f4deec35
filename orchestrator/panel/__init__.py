"""Chooses the models of a panel, asks them, and keeps account of what they cost and how they do."""
