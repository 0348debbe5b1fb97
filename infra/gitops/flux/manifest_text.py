"""Kubernetes objects to YAML text for review."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

Object = Mapping[str, Any]

MARK = "# written by lakeform flux"

# Text that some reader of YAML takes for a number or a truth: the libraries differ (YAML 1.1, YAML 1.2, Go's).
_DOUBTFUL = re.compile(r"[-+]?(0[xob])?[0-9a-f_.:]*(e[-+]?[0-9]+)?|[yn]", re.IGNORECASE)


@dataclass(frozen=True)
class Manifest:
    """A Kubernetes object, and what a reader of the file should know about it."""

    object: Object
    comment: str = ""


def mark_of(lake: str) -> str:
    """The first line of every file that is generated for a lake: files without it are nobody's to change."""
    return f"{MARK} for {' '.join(lake.split())}; change dag/registry/ and run it again"


def manifest_text(mark: str, manifests: Iterable[Manifest]) -> str:
    """The YAML documents of one file; keys in the order of the objects, no aliases, long lines unbroken."""
    return f"{mark}\n" + "".join(_document(manifest) for manifest in manifests)


def _document(manifest: Manifest) -> str:
    comment = "".join(f"# {line}\n" for line in manifest.comment.splitlines())
    text = yaml.dump(
        manifest.object, Dumper=_Dumper, sort_keys=False, default_flow_style=False, allow_unicode=True, width=2**20
    )
    return f"---\n{comment}{text}"


class _Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Lists are indented below their key, as people write manifests."""
        super().increase_indent(flow, indentless=False)


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = "|" if "\n" in text else '"' if _DOUBTFUL.fullmatch(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _text)
