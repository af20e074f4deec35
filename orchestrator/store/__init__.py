"""Keeps what outlives a call: answers under their request_id, feedbacks, people's scores, calls of models."""
