"""Learns the weights of `orchestrator/injection/classifier.py` and tries them on unknown attacks."""
