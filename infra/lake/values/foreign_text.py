"""Variables of other tools in a text: Terraform's, the shell's, a CI's, a template's. Nobody fills them in here."""

from __future__ import annotations

import re
from typing import NamedTuple

_WORD = r"[A-Za-z_]\w*"
# Of Terraform, wherever it stands in a text; everything else only where it is the whole text.
_TERRAFORM = re.compile(r"\$\{\s*(?:var|local|data|module|terraform|each)\.(?P<name>[^}]*)\}")
_WHOLE = (
    re.compile(rf"(?:var|local|module|data)(?P<name>(?:\.{_WORD})+)"),
    re.compile(rf"\$\{{(?:env[:.])?(?P<name>{_WORD})(?::?[-?][^}}]*)?\}}"),
    re.compile(r"\$(?P<name>[A-Z_][A-Z0-9_]+)"),
    re.compile(rf"\$\{{\{{\s*(?:secrets|vars|env)\.(?P<name>{_WORD})\s*\}}\}}"),
    re.compile(rf"\{{\{{-?\s*(?:env_var|var|secret)\(\s*['\"](?P<name>{_WORD})['\"].*\)\s*-?\}}\}}"),
    re.compile(rf"\{{\{{-?\s*(?:\.Values|env|var|vars|secrets)(?P<name>(?:\.{_WORD})+)[^}}]*\}}\}}"),
)
_HINT = re.compile(r"[${]|var\.|local\.|module\.|data\.")


class ForeignVariable(NamedTuple):
    """A variable of another tool.

    Attributes:
        written: as it stands in the text.
        name: what a `{var: ...}` for it is called; it is an id.
        whole: True if the text is nothing else.
    """

    written: str
    name: str
    whole: bool


def foreign_variable(text: object) -> ForeignVariable | None:
    """The variable of another tool in a text; None if there is none, and for what is no text."""
    if not isinstance(text, str) or not _HINT.search(text):
        return None
    stripped = text.strip()
    if found := _TERRAFORM.search(stripped):
        return ForeignVariable(found[0], _id(found["name"]), found[0] == stripped)
    matches = (form.fullmatch(stripped) for form in _WHOLE)
    return next((ForeignVariable(found[0], _id(found["name"]), True) for found in matches if found), None)


def _id(name: str) -> str:
    """`shop_address` for `aws_db_instance.shop.address`: what tells it apart, as an id."""
    parts = [part for part in re.split(r"[^0-9A-Za-z_]+", name) if part]
    words = re.sub("[^a-z0-9_]+", "_", "_".join(parts[-2:] if len(parts) > 2 else parts[-1:]).lower()).strip("_")
    words = words.removeprefix("tf_var_")
    return words if re.match("[a-z]", words) else f"value_{words}".rstrip("_")
