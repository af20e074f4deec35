"""Writes what a person gives back to the author of a work: comments in the file that came, or a page."""
