"""The orchestrator: asks a panel of models about one piece of writing and merges their answers."""
