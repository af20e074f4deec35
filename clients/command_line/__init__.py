"""A small client of Chorus for the command line, and an example of how to call it from Python."""
