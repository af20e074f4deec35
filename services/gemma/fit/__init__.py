"""Tells what fits into the memory of this machine, before a weight is read."""
