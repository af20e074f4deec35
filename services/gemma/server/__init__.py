"""Serves ModelService: turns requests into what the engine takes, and its answers into messages."""
