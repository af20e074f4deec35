"""Prepares a release: what is built here, and what a registry would be sent."""
