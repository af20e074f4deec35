"""Holds what every model server shares: the checks of a request, its JSON Schema, fences, the answer form."""
