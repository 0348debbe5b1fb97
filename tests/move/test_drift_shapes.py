"""A patch of drift applies to files as people write them, whatever they look like, and changes nothing else in them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.move.test_drift import NO_DRIFT
from tests.support.drift_lakes import OFFERED, Shop
from tests.support.drift_mutations import adds, drops, fields, option, sets, stream
from tests.support.git_apply import git
from tests.support.lakes import problems_of, run

pytestmark = [pytest.mark.enable_socket, pytest.mark.allow_hosts(["127.0.0.1"])]

REGISTRY = ("dag/registry/lake.yaml", "dag/registry/connections.yaml")

# Names that YAML would read as something else.
CHANGES = (
    sets(0, cron="0 5 4 ? * MON-FRI", prefix="no", name="a: b # 'c'"),
    sets(1, cron=None, namespace_definition="custom_format", namespace_format="null"),
    sets(2, prefix="", status="inactive"),
    option("source", 0, "host", value="a#b"),
    option("source", 1, "lookback_window"),
    option("destination", 1, "tags", value=["true", "c # d", ""]),
    stream(1, "visits", cursorField=["id"], selectedFields=fields("id", "page")),
    stream(0, "customers", cursorField=["id"]),
    drops(1, "pages"),
    adds(2, OFFERED[3]),
)


def texts(root: Path) -> list[Path]:
    return [*(root / path for path in REGISTRY), *sorted((root / "dag/streams").glob("*/*.json"))]


def rewrite(paths: list[Path], change: Callable[[str], str]) -> None:
    for path in paths:
        path.write_bytes(change(path.read_bytes().decode()).encode())


def windows(root: Path) -> None:
    rewrite(texts(root), lambda text: text.replace("\n", "\r\n"))


def in_braces(root: Path) -> None:
    rewrite(texts(root)[:2], lambda text: f"# all of it\n{json.dumps(yaml.safe_load(text), indent=4)}\n")


def on_one_line(root: Path) -> None:
    connections = root / REGISTRY[1]
    value = yaml.safe_load(connections.read_text())
    connections.write_text(yaml.safe_dump(value, default_flow_style=True, width=10_000).strip() + "  # the end")


def quoted(root: Path) -> None:
    rewrite(texts(root)[:2], lambda text: re.sub(r"^( *)([a-z_]+):", r'\1"\2":', text, flags=re.MULTILINE))


def commented(root: Path) -> None:
    """Behind each line and before each, with tabs and what looks like YAML, and none at the end of the file."""

    def change(text: str) -> str:
        lines = [line if "#" in line or not line else f"{line}  #\t'q\" [x: {{" for line in text.splitlines()]
        return "\n".join(f"# {number}\t- a: b\n{line}" for number, line in enumerate(lines))

    rewrite(texts(root)[:2], change)


def deep(root: Path) -> None:
    def change(text: str) -> str:
        return "---\n" + "".join(
            f"{' ' * 3 * (len(line) - len(line.lstrip()))}{line.lstrip()}\n" for line in text.splitlines()
        )

    rewrite(texts(root)[:2], change)


def in_many_files(root: Path) -> None:
    path = root / REGISTRY[1]
    first, second = path.read_text().split("  site_to_warehouse:\n")
    path.unlink()
    (root / "dag/registry/größe & co").mkdir()
    (root / "dag/registry/größe & co/a b.yml").write_text(first)
    (root / "dag/registry/größe & co/c.yaml").write_text(f"connections:\n  site_to_warehouse:\n{second}")


def streams_by_hand(root: Path) -> None:
    written = texts(root)[2:]
    rewrite(written[::2], lambda text: json.dumps(json.loads(text), separators=(",", ":")))
    rewrite(written[1::2], lambda text: f"\n\n{json.dumps(json.loads(text), indent=chr(9))}\r\n\n")


SHAPES = (windows, in_braces, on_one_line, quoted, commented, deep, in_many_files, streams_by_hand)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_patch_fits_files_of_any_shape(drifting: Shop, shape: Callable[[Path], None]) -> None:
    shape(drifting.root)
    git(drifting.root, "add", "-A")
    before = comments(drifting.root)
    for change in CHANGES:
        change(drifting)

    patch = run(drifting.root, "drift", "--quiet", "--format", "patch")

    assert (patch.code, patch.err) == (1, "")
    git(drifting.root, "apply", "--check", text=patch.out)
    git(drifting.root, "apply", text=patch.out)
    assert [one for one in problems_of(drifting.root) if one.severity == "error"] == []
    after = run(drifting.root, "drift", "--quiet")
    assert (after.code, after.out) == (0, NO_DRIFT)
    assert [comment for comment in before if comment not in registry(drifting.root)] == []


def comments(root: Path) -> list[str]:
    """Each `#` of the registry with what stands behind it."""
    lines = [f" {line}" for line in registry(root).splitlines()]
    return [f"#{line.partition(' #')[2]}" for line in lines if " #" in line]


def registry(root: Path) -> str:
    return "".join(path.read_text() for path in sorted((root / "dag/registry").rglob("*.y*ml")))
