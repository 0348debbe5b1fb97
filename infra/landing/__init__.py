"""The lake side: files to tables."""
