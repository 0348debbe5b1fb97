"""Texts of other people's inside of templates: descriptions and names of fields may look like Jinja, and dbt would run that."""

from __future__ import annotations

import re
from typing import Any


def plain_in_template(text: str) -> str:
    """The text, written so that a template shows it as it is: `{{ x }}` -> `{{ '{' }}{ x }}`."""
    return re.sub("[{](?=[{%#])", "{{ '{' }}", text)


def plain_descriptions(value: Any) -> Any:
    """A value of a properties file with every `description` in it written so: dbt reads them as templates."""
    if isinstance(value, dict):
        return {key: _described(key, inner) for key, inner in value.items()}
    return [plain_descriptions(one) for one in value] if isinstance(value, list) else value


def _described(key: str, value: Any) -> Any:
    return plain_in_template(value) if key == "description" and isinstance(value, str) else plain_descriptions(value)
