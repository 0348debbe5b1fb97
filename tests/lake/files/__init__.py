"""Names of files and of landing tables."""
