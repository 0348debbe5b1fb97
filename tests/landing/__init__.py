"""Tests of the lake side that need no server."""
