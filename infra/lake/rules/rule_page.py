"""The page on rules, docs/rules.md: what each is for, a mistake, the message, the correction. Installed beside the packages."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import infra
from infra.base.errors import UserError
from infra.lake.documents import RuleId
from infra.lake.documents.files import text_of

_PAGE = "rules.md"
# A link to a section of the page.
_LINK = re.compile(r"\[([^\]]+)\]\(#[^)]+\)")


def rule_text(rule: RuleId) -> str:
    """The section of a rule, as Markdown; links within the page are the names of rules. Raises UserError where the page is not
    installed.
    """
    path = _path()
    _, _, rest = text_of(str(path)).partition(f"\n## {rule}\n")
    section = re.split(r"^## ", rest, maxsplit=1, flags=re.MULTILINE)[0]
    return _LINK.sub(r"\1", section).strip()


def _path() -> Path:
    """In a checkout, else where pip put it."""
    checkout = Path(infra.__file__).parents[1] / "docs" / _PAGE
    if checkout.is_file():
        return checkout
    try:
        files = distribution("lakeform").files or ()
    except PackageNotFoundError:
        files = ()
    for file in files:
        if file.name == _PAGE:
            return Path(str(file.locate()))
    raise UserError(f"{_PAGE} is not installed; it is docs/{_PAGE} in lakeform's repository")
