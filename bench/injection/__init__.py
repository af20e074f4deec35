"""How the weights of `orchestrator/work/steering.py` are learned, and how they do on unknown attacks."""
