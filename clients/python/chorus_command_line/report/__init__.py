"""Writes the merged feedback as a page that a teacher can hand out, in HTML or Markdown."""
