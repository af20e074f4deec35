"""Goodput against offered load, with real processes on the loopback."""
