"""Flux and tofu-controller manifests as text."""
