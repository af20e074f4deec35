"""The form of an answer that the merge takes, `urn:chorus:answer:1`: its JSON Schema and its issues."""
