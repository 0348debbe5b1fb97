"""Base and head: what is compared."""
