"""Runs Chorus on one machine: starts its processes together and stops them together."""
