"""Fault: something outside the files went wrong."""

from __future__ import annotations


class Fault(Exception):  # noqa: N818  # the word of docs and exit codes
    """A wrong use, a missing tool, a network that does not answer: one clear message, exit code 2."""
