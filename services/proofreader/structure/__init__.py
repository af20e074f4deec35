"""Rules about how a text is built, for both languages."""
