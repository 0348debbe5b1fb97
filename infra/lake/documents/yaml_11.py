"""YAML as other programs read it, version 1.1: `yes` and `on` are no texts, unlike in a registry. Dates are, as in JSON."""

from __future__ import annotations

from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = {  # noqa: RUF012  # PyYAML's own name
        first: [(tag, pattern) for tag, pattern in known if tag != "tag:yaml.org,2002:timestamp"]
        for first, known in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


def load_yaml_11(text: str) -> Any:
    """The value, in which what aliases stand for is one object, also inside of itself. Raises ValueError for what is no YAML."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506  # a safe one
    except (yaml.YAMLError, RecursionError):
        raise ValueError("not YAML") from None
