"""Serves the gRPC services: messages in, messages out."""
