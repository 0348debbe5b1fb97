"""Feeding: from files that lie there to rows of landing tables, each exactly once."""
