"""Asks Chorus from the command line. It stands on the client library and is an example of its use."""
