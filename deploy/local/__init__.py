"""Chorus on one machine: its processes, started together and stopped together."""
