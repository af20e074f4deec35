"""Runs twenty works through the whole system, to read what comes out as a teacher would."""
