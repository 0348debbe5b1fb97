"""Tests of manifests and of the cluster."""
