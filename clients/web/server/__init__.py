"""Serves the page for teachers, and passes its calls on to the orchestrator."""
