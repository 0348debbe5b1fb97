"""Tests of the document, and of the way back from it."""
