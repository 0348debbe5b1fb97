"""CannotKnowError: a model that this reading cannot follow; it is told, and nothing is guessed."""


class CannotKnowError(Exception):
    """Why it cannot be known what a model reads, in words. It may then read anything: a macro or a package may."""
