"""A class: many works of one assignment, reviewed one after the other."""
