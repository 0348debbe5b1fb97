"""The whole lake as one checked value: registry, streams and locks together."""
