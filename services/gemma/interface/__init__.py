"""What the scheduler, the model and the server hand each other. Imports neither torch nor gRPC's messages."""
