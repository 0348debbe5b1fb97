"""What a lake gets with a landing: its place in the registry, and the code location of Dagster."""

from __future__ import annotations

from importlib.resources import files

# Where Dagster finds the code location: `dagster dev -f dag/definitions.py`.
DEFINITIONS = "dag/definitions.py"

# The id of the landing that a lake gets.
LANDING = "local"


def definitions_text() -> str:
    """The code location, a few lines over what the lake's files say."""
    return _text("definitions.py.txt")


def with_landing(registry: str) -> str:
    """The registry of a new lake, with a landing on this machine that its stack names."""
    stack, found, variables = registry.partition("  variables:\n")
    assert found, "the template has variables, behind its only stack"
    return f"{stack}{_text('stack.yaml')}{landing_lines()}{found}{variables}"


def landing_lines() -> str:
    """The landing, as it stands below `lake:`."""
    return _text("lake.yaml")


def _text(name: str) -> str:
    return (files("infra.scaffold") / "landing" / name).read_text("utf-8")
