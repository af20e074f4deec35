"""Multiplies by weights that are kept in four bits."""
