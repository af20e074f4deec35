"""Benchmarks, each one command; results are printed, not asserted."""
