"""Lets programs in that speak other protocols than Chorus's own; WEB_DOORS names those that are open."""
