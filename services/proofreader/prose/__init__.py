"""Rules that hold in both languages."""
