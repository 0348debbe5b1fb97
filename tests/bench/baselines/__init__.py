"""Baselines: small scripts, each run as a process of its own, that do only what cannot be left out."""
