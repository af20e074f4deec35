"""Plays a provider's faults and asks a server through them: does it keep what is promised of failures?"""
