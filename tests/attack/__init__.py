"""Attacks from outside: made-up lakes, broken documents, hostile programs and servers, kills. `make attack` runs them at length.

A test that is marked `attack` is run once for each seed; the same seed is the same attack on every machine.
"""
