"""The model server of a local Gemma."""
