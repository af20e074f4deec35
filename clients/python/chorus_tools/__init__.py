"""Offers the panel to agents as tools; the extra "mcp" brings what it needs."""
