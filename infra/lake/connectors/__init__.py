"""Connector definitions: the lock files, the specs in them, the registry that they come from."""
