"""Serves ModelService: requests are checked and read here, answers become messages here."""
