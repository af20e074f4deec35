"""Reads the text of the files that a writer has: plain text, Word, Hangul and PDF."""
