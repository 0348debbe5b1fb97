"""`adopt-duplicate`: one object of Airbyte in two entries, wherever the entries and their ids are written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.lakes import problems_of, write_lake

ID = "0f2c1a34-5b6d-4e7f-8a9b-0c1d2e3f4a5b"
OTHER = ID.replace("0f2c", "1f2c")
STACK = "{server_url: 'https://x.example.com/api/public/v1', workspace_id: 11111111-2222-3333-4444-555555555555, auth: none}"
LAKE = f"version: 1\nlake: {{name: shop, stacks: {{one: {STACK}, two: {STACK}}}}}\n"
FAKER = "connector: source-faker, configuration: {count: 1}"


def told(root: Path, *entries: str) -> list[tuple[str, int, str, int]]:
    """Path and line of each problem, and the message and line of the other place; entries stand from line 3 on."""
    sections: dict[str, list[str]] = {}
    for entry in entries:
        section, _, rest = entry.partition(".")
        sections.setdefault(section, []).append(f"  {rest}")
    body = "".join(f"{name}:\n" + "\n".join(lines) + "\n" for name, lines in sections.items())
    write_lake(root, {"dag/registry/main.yaml": LAKE + body})
    found = [problem for problem in problems_of(root) if problem.rule == "adopt-duplicate"]
    assert all(len(problem.related) == 1 and problem.fix for problem in found)
    return [(one.path, one.location.line, one.related[0].message, one.related[0].location.line) for one in found]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        (
            [f"sources.a: {{stack: one, adopt: {ID}, {FAKER}}}", f"sources.b: {{stack: one, adopt: {ID}, {FAKER}}}"],
            [("sources.b.adopt", 5, "adopt of sources.a", 4)],
        ),
        (
            [f"sources.a: {{stack: one, adopt: {ID}, {FAKER}}}", f"sources.b: {{stack: two, adopt: {ID}, {FAKER}}}"],
            [("sources.b.adopt", 5, 'adopt of sources.a in the stack "one"', 4)],
        ),
        (
            [
                f"sources.a: {{stack: one, adopt: {ID}, {FAKER}}}",
                f"sources.b: {{stack: [one, two], overrides: {{two: {{adopt: {ID.upper()}}}}}, {FAKER}}}",
            ],
            [("sources.b.overrides.two.adopt", 5, 'adopt of sources.a in the stack "one"', 4)],
        ),
        (
            [f"sources.a: {{stack: [one, two], overrides: {{one: {{adopt: {ID}}}, two: {{adopt: {ID}}}}}, {FAKER}}}"],
            [("sources.a.overrides.two.adopt", 4, 'adopt of sources.a in the stack "one"', 4)],
        ),
        (
            [f"sources.a: {{stack: one, adopt: {ID}, {FAKER}}}", f"sources.b: {{stack: one, existing: {ID}}}"],
            [("sources.b.existing", 5, "adopt of sources.a", 4)],
        ),
        (
            [f"sources.a: {{stack: one, existing: {ID}}}", f"sources.b: {{stack: one, adopt: {ID}, {FAKER}}}"],
            [("sources.b.adopt", 5, "existing of sources.a", 4)],
        ),
        (
            [f"sources.a: {{stack: one, existing: {ID}}}", f"destinations.b: {{stack: two, existing: {ID}}}"],
            [("sources.a.existing", 4, 'existing of destinations.b in the stack "two"', 6)],
        ),
        (
            [
                f"sources.a: {{stack: one, adopt: {ID}, {FAKER}}}",
                f"connections.c: {{stack: one, adopt: {ID}, source: a, destination: b}}",
            ],
            [("sources.a.adopt", 4, "adopt of connections.c", 6)],
        ),
        (
            [
                f"connections.c: {{stack: one, adopt: {ID}, source: a, destination: b}}",
                f"connections.d: {{stack: one, adopt: {ID}, source: a, destination: b}}",
                f"connections.e: {{stack: one, adopt: {ID}, source: a, destination: b}}",
            ],
            [
                ("connections.d.adopt", 5, "adopt of connections.c", 4),
                ("connections.e.adopt", 6, "adopt of connections.c", 4),
            ],
        ),
    ],
    ids=[
        "two sources",
        "in two stacks",
        "through an override, in other letters",
        "one entry, two overrides",
        "adopted and borrowed",
        "borrowed and adopted",
        "a source and a destination",
        "a source and a connection",
        "three connections",
    ],
)
def test_one_id_in_two_entries_is_told_with_both_places(
    tmp_path: Path, entries: list[str], expected: list[tuple[str, int, str, int]]
) -> None:
    assert told(tmp_path, *entries) == expected


@pytest.mark.parametrize(
    "entries",
    [
        [f"sources.a: {{stack: one, adopt: {ID}, {FAKER}}}", f"sources.b: {{stack: one, adopt: {OTHER}, {FAKER}}}"],
        [f"sources.a: {{stack: one, existing: {ID}}}", f"sources.b: {{stack: one, existing: {ID}}}"],
        [f"sources.a: {{stack: [one, two], overrides: {{one: {{existing: {ID}}}, two: {{existing: {ID}}}}}}}"],
        [f"sources.a: {{stack: one, adopt: {ID}, {FAKER}}}", f"sources.b: {{stack: two, existing: {ID}}}"],
        [f"sources.a: {{stack: one, definition_id: {ID}, {FAKER}}}", f"sources.b: {{stack: one, definition_id: {ID}, {FAKER}}}"],
        [f"sources.a: {{stack: [one, two], adopt: {ID}, {FAKER}}}"],
        [f"sources.a: {{stack: one, adopt: {ID}, existing: {ID}}}"],
        [f"sources.a: {{stack: [one, two], overrides: {{one: {{adopt: {ID}}}, two: {{adopt: null}}}}, {FAKER}}}"],
    ],
    ids=[
        "two objects",
        "two entries that only read it",
        "one entry that only reads it, in two stacks",
        "managed in one stack, used in another",
        "one definition",
        "one line for two stacks, another rule's",
        "both in one entry, another rule's",
        "deleted by an override",
    ],
)  # fmt: skip
def test_what_is_no_second_claim_is_not_told(tmp_path: Path, entries: list[str]) -> None:
    assert told(tmp_path, *entries) == []
