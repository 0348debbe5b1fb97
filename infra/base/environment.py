"""Values of Terraform's variables in the environment."""

from __future__ import annotations

from collections.abc import Mapping

# Terraform takes `var.NAME` from what is called so and NAME.
PREFIX = "TF_VAR_"


def environment_values(environ: Mapping[str, str]) -> dict[str, str]:
    """Variable -> what the environment gives it; an empty text is none, as CI sets a secret to it that it does not have."""
    return {name.removeprefix(PREFIX): value for name, value in environ.items() if name.startswith(PREFIX) and value}
