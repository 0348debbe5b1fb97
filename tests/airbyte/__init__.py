"""Tests against a running Airbyte, or a stand-in."""
