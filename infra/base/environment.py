"""Values of Terraform's variables in the environment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

# Terraform takes `var.NAME` from what is called so and NAME.
PREFIX = "TF_VAR_"


def environment_values(environ: Mapping[str, str]) -> Iterator[str]:
    """Every value that the environment has for a variable."""
    return (value for name, value in environ.items() if name.startswith(PREFIX) and value)
