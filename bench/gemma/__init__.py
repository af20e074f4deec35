"""Measures memory and speed of Gemma on this machine, with random weights in the real shapes."""
