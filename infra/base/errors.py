"""UserError: something outside the files went wrong."""

from __future__ import annotations


class UserError(Exception):
    """A wrong use, a missing tool, a network that does not answer: one clear message, exit code 2."""
