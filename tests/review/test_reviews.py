"""Golden reviews: an edit of a small lake, and what the pull request is told about it.

The edits stand in tests/support/review_edits.py, the whole output of `lakeform review` in tests/reviews/<name>.txt. A new case is
a new edit: run `pytest --update-cases`, and read what was written.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from infra.review.details.change import Detail
from infra.review.details.consequences import CONSEQUENCES
from infra.review.details.detail_kind import DetailKind
from tests.support.lakes import REPOSITORY, Result, run
from tests.support.review_bases import BEFORE
from tests.support.review_edits import EDITS
from tests.support.review_lake import BASE, apply, edited

REVIEWS = REPOSITORY / "tests/reviews"

# Seconds since 1970; the reviews count the next runs from the base's commit.
TIME = "1767225600 +0000"  # 2026-01-01


def git(root: Path, *words: str) -> str:
    """A git command that neither the user's settings nor the clock have a say in."""
    environment = {
        "PATH": "/usr/bin:/bin:/usr/local/bin",
        "HOME": str(root),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_DATE": TIME,
        "GIT_COMMITTER_DATE": TIME,
    }
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.com", "-c", "init.defaultBranch=main"]
    run_ = subprocess.run(
        ["git", *identity, *words], cwd=root, check=True, capture_output=True, text=True, env=environment
    )
    return run_.stdout.strip()


def commit(root: Path, message: str = "Change") -> str:
    """Commit everything; the commit's name."""
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(root, "rev-parse", "HEAD")


def repository(root: Path, case: str | None = None) -> Path:
    """A repository whose only commit is the base of a case, with everything generated."""
    files = {**BASE, **edited(BASE, BEFORE.get(case or "", {}))}
    apply(root, {path: text for path, text in files.items() if text is not None})
    synthesized(root)
    git(root, "init", "--quiet")
    commit(root, "Base")
    return root


def synthesized(root: Path) -> None:
    """`lakeform synth`, which has to succeed."""
    result = run(root, "synth")
    assert (result.code, result.err) == (0, ""), result.out


def changed(root: Path, case: str) -> Path:
    """The repository with the edit of a case in its working tree, synthesized."""
    files = {path: (root / path).read_text() for path in EDITS[case] if (root / path).exists()}
    apply(root, edited(files, EDITS[case]))
    for folder in sorted((root / "dag").rglob("*"), reverse=True):
        if folder.is_dir() and not any(path for path in folder.iterdir() if path.name != "_catalog.json"):
            (folder / "_catalog.json").unlink(missing_ok=True)
            folder.rmdir()
    synthesized(root)
    return root


def review_of(case: str, root: Path, form: str = "text") -> Result:
    """What `lakeform review` says of a case."""
    return run(changed(repository(root, case), case), "review", "--base", "HEAD", "--format", form)


@pytest.mark.parametrize("case", EDITS)
def test_the_review_of(case: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    result = review_of(case, tmp_path)
    file = REVIEWS / f"{case}.txt"
    if request.config.getoption("--update-cases"):
        file.write_text(result.out)
    assert result.err == ""
    assert result.out == file.read_text()
    assert result.code == (1 if result.out.startswith("Refused") else 0)


def test_every_file_belongs_to_an_edit() -> None:
    assert sorted(path.stem for path in REVIEWS.iterdir()) == sorted(EDITS)
    assert set(BEFORE) <= set(EDITS)


def test_every_row_of_the_table_is_in_some_review() -> None:
    told = "".join(path.read_text() for path in REVIEWS.iterdir())
    missing = [kind for kind, row in CONSEQUENCES.items() if f"        {row.label}: {row.why}\n" not in told]
    # A change that the registry does not explain: see tests/review/test_review_command.py.
    assert missing == ["attribute-changed"]


def test_the_table_has_a_row_for_each_kind_and_mypy_refuses_any_other() -> None:
    assert list(CONSEQUENCES) == list(get_args(DetailKind))
    misspelt = Detail("cursor-chnaged", "x", None, None, "text")  # type: ignore[arg-type]
    with pytest.raises(KeyError):
        misspelt.consequence  # noqa: B018  # the look-up is what fails


def kinds_in(value: object) -> Iterator[str]:
    """Every label in a review as JSON."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "consequence" and isinstance(inner, str):
                yield inner
            yield from kinds_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from kinds_in(inner)


def test_the_json_of_a_review_is_the_one_of_the_design(tmp_path: Path) -> None:
    result = review_of("a-connection-is-renamed-and-changed", tmp_path, "json")
    assert json.loads(result.out) == {
        "problems": [],
        "changes": [
            {
                "stack": "airbyte",
                "address": "airbyte_connection.webshop_to_warehouse",
                "previous_address": "airbyte_connection.shop_to_warehouse",
                "entry": "connections.webshop_to_warehouse",
                "action": "update",
                "details": [
                    {
                        "path": "connections.webshop_to_warehouse",
                        "before": "connections.shop_to_warehouse",
                        "after": "connections.webshop_to_warehouse",
                        "text": "connections.shop_to_warehouse → connections.webshop_to_warehouse",
                        "consequence": "none",
                        "why": "the same object under another address; nothing is destroyed",
                        "rediscover": False,
                    },
                    {
                        "path": "connections.webshop_to_warehouse.schedule",
                        "before": "0 0 * * * ?",
                        "after": "manual",
                        "text": "schedule: every hour → manual",
                        "consequence": "stops-syncing",
                        "why": "nothing starts on its own any more",
                        "rediscover": False,
                    },
                ],
                "consequence": "stops-syncing",
            }
        ],
        "refused": [],
        "secrets": {
            "needed": ["airbyte_client_id", "airbyte_client_secret", "shop_api_key", "warehouse_password"],
            "new": [],
            "unused": [],
        },
        "schedules": [
            {
                "stacks": ["airbyte"],
                "entry": "connections.webshop_to_warehouse",
                "before": "0 0 * * * ?",
                "after": "manual",
                "text": "every hour → manual",
                "next_runs": [],
            },
        ],
        "rediscover": [],
        "notes": [],
    }
