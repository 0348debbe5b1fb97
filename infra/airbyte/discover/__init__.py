"""Asking what a source offers."""
