"""Replication: who reads the log of which database, and what the position in it belongs to."""
