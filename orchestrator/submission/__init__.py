"""Reads a submission as models read it, and finds the way back to the text as received."""
