"""Tests that install something or run the whole set-up."""
