"""Measures what the proofreader's reviewers find, and how much of it is right."""
