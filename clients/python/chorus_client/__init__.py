"""Calls Chorus from Python: one connection, and a function for each method."""
