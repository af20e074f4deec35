"""Tells what fits into the memory of this machine."""
