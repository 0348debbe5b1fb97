"""Import and drift."""
