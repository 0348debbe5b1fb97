"""Landings on a real PostgreSQL and in S3."""
