"""Types of landing tables: what a schema or a file has, and what becomes of a table when they differ."""
