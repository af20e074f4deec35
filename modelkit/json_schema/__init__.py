"""The JSON Schema that an answer must keep to: it is checked once, then answers are held against it."""
