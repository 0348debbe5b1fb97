"""Tests of what the files say."""
