"""Streams: what a source offers, what the stream files ask for, and the catalogs that come of it."""
