"""Values in a file of Airbyte's or of another tool's: JSON, a connector's output with log lines between, or YAML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from infra.lake.documents.json_document import read_json
from infra.lake.documents.problem import Problem
from infra.lake.documents.yaml_document import read_yaml
from infra.lake.documents.yaml_scalar import foreign_scalar

YAML = (".yaml", ".yml")

_BEGINNING = re.compile(r"^\s*(?=[{\[])|\s(?=\{\"type\":)")


def values_in(file: str, text: str) -> Iterator[Any]:
    """The value of the whole text if it is one, else of each line that is JSON, also behind the time or the name that
    `docker logs` and `kubectl logs` put before a message; of YAML where the name says so.
    """
    if file.endswith(YAML):
        document, _ = read_yaml(file, text, plain=foreign_scalar)
        if document is not None:
            yield document.value
        return
    whole, _ = read_json(file, text)
    if whole is not None:
        yield whole.value
        return
    for line in text.splitlines():
        start = _BEGINNING.search(line)
        document, _ = read_json(file, line[start.end() :]) if start else (None, [])
        if document is not None:
            yield document.value


def why_unreadable(file: str, text: str) -> Problem | None:
    """What is wrong with a text of which nothing could be read; None for one that is in order."""
    reader = read_yaml if file.endswith(YAML) else read_json
    document, problems = reader(file, text)
    return problems[0] if document is None else None
