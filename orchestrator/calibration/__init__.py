"""Learns how severe each model is as a rater, from its earlier judgements and from people's scores."""
