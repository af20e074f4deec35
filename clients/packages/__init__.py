"""Builds what callers install: a Python distribution, npm packages, a Go module and a Maven artifact."""
