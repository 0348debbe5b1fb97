"""Secrets: which values come from where, and encrypted files read without their key."""
