"""Measures how soon the end of a call is felt where its work is done."""
