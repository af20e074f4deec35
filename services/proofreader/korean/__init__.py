"""Rules for Korean."""
