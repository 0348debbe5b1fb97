"""The Markdown of a review: what a pull request's comment looks like, and what it must not do."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from infra.review.details.change import Change, Detail, Refusal
from infra.review.details.consequences import CONSEQUENCES
from infra.review.details.detail_kind import DetailKind
from infra.review.details.schedule import ScheduleChange
from infra.review.details.secrets import SecretNames
from infra.review.rails.review import Review
from infra.review.render.markdown import LIMIT, MARK, to_markdown
from tests.review.test_reviews import review_of

EMPTY = Review((), (), (), SecretNames((), (), ()), (), {}, (), ())
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def change(entry: str, *texts: str, kind: DetailKind = "configuration-changed", stack: str = "prod") -> Change:
    details = tuple(Detail(kind, f"{entry}.x", None, None, text) for text in texts)
    return Change(stack, entry, "airbyte_source.x", "update", details)


def of(*changes: Change, **more: object) -> Review:
    return replace(EMPTY, stacks=tuple(sorted({c.stack for c in changes})), changes=changes, **more)  # type: ignore[arg-type]


def rendered(markdown: str) -> str:
    """The HTML, as a renderer of GitHub's tables without raw HTML gives it."""
    html: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(markdown)
    return html


def test_nothing_to_tell() -> None:
    assert to_markdown(EMPTY) == f"{MARK}\n\n## What this change does to the data\n\n**No effective change.**\n"


def test_the_whole_comment(tmp_path: Path) -> None:
    result = review_of("a-third-of-many-entries-is-retired", tmp_path, "markdown")
    why = "the source and the sync state of its connections are gone; rows that arrived stay"
    names = ["sources.s10", "sources.s11", "sources.s12", "sources.s13", "sources.s8", "sources.s9"]
    dangers = "\n".join(f"- `{name}` (airbyte): deleted. **state-lost**: {why}." for name in names)
    table = "\n".join(f"| `{name}` | delete | deleted | state-lost |" for name in names)
    details = "\n".join(f"- `{name}`, delete in airbyte\n  - deleted: **state-lost**, {why}" for name in names)
    assert (
        result.out
        == f"""\
{MARK}

## What this change does to the data

**6 changes, which all lose sync state.**

### Read this first

{dangers}

| entry | `airbyte` | what changes | consequence |
|---|---|---|---|
{table}

Stacks with something to apply: `airbyte`.

<details><summary>Secrets that are needed: 4</summary>

`airbyte_client_id`, `airbyte_client_secret`, `shop_api_key`, `warehouse_password`

</details>

<details><summary>Every detail, with its reason</summary>

{details}

</details>
"""
    )


def test_stacks_stand_side_by_side() -> None:
    same = [change("sources.a", "x: 1 → 2", stack=stack) for stack in ("prod", "staging")]
    text = to_markdown(of(*same, change("sources.b", "y: 1 → 2", stack="staging")))
    assert "| entry | `prod` | `staging` | what changes | consequence |" in text
    assert "| `sources.a` | update | update | x: 1 → 2 | next-sync-differs |" in text
    assert "| `sources.b` |  | update | y: 1 → 2 | next-sync-differs |" in text


def test_a_cell_names_three_details_and_counts_the_rest() -> None:
    text = to_markdown(of(change("sources.a", "one", "two", "three", "four", "five")))
    assert "| one<br>two<br>three<br>and 2 more |" in text
    assert "  - five: **next-sync-differs**" in text


def test_what_a_server_has_to_discover_first_is_a_command() -> None:
    assert "```sh\nlakeform discover shop --from server --stack prod\n```" in to_markdown(
        of(change("connections.a", "new"), rediscover=(("prod", "shop"),))
    )


def test_personal_data_in_clear_is_told_first() -> None:
    text = to_markdown(of(change("connections.a", "orders: no longer `email` hashed", kind="mapper-removed")))
    assert "### Read this first\n\n- `connections.a` (prod): orders: no longer `email` hashed." in text


@pytest.mark.parametrize(
    ("case", "first"),
    [
        ("append-becomes-overwrite", "the next sync replaces the table: rows that earlier syncs appended are deleted."),
        ("backfills-are-asked-for", "**full-resync**: "),
    ],
)
def test_rows_that_are_deleted_and_read_again_are_told_first(case: str, first: str, tmp_path: Path) -> None:
    """Somebody who reads only the beginning would merge what empties a table."""
    text = review_of(case, tmp_path, "markdown").out
    told_first = text.partition("### Read this first\n\n")[2].partition("\n\n")[0]
    assert first in told_first


HOSTILE = "@everyone <script>alert(1)</script> | [x](http://evil) `| ` **bold** \\| <!-- lakeform review -->\n# big"


@pytest.mark.parametrize("text", [HOSTILE, f"`{HOSTILE}`", f"{HOSTILE}`"])
def test_names_are_never_markup(text: str) -> None:
    """An entry's name comes from a pull request that anybody may open."""
    found = to_markdown(
        of(
            change("sources.a", text, kind="source-replaced"),
            refused=(Refusal("sources.a", "rule", text, text),),
            notes=(text,),
            schedules=(ScheduleChange(("prod",), text, None, "manual", ()),),
        )
    )
    html = rendered(found)
    for unwanted in ("<script", "<a href", "<strong>bold", "<h1>big"):
        assert unwanted not in html
    outside_of_code = html.replace("```", "")
    assert "@everyone" not in outside_of_code.replace("<code>", "\0").split("\0")[0]
    assert all(len(line.split("</td>")) <= 6 for line in html.split("<tr>"))


@pytest.mark.parametrize(
    "name",
    [
        "https://evil.example/x",
        "www.evil.com",
        "WWW.evil.com:8/x",
        "ftp://evil.example",
        "a\u202eb\u2066",
        "see:http://a.b",
    ],
)
def test_an_address_is_no_link_and_a_name_turns_no_row_around(name: str) -> None:
    """GitHub makes links of bare addresses, but never within code."""
    text = to_markdown(
        of(
            change(f"sources.{name}", f"the stream {name} is gone"),
            notes=(f"about {name}",),
            refused=(Refusal(name, "rule", f"of {name}", f"```\n{name}"),),
        )
    )
    assert text.replace("\n", "").isprintable()
    html = rendered(text)
    outside = re.sub("<(code|pre)[^>]*>.*?</\\1>", "", html, flags=re.DOTALL)
    assert name not in html or name not in outside
    assert not re.search(r"(?i)[a-z]://|www\.", outside)


@given(st.text(max_size=60))
def test_any_text_keeps_the_table_together(text: str) -> None:
    html = rendered(to_markdown(of(change("sources.a", f"x: {text}"))))
    assert html.count("<tr>") == 2
    assert html.count("<td>") == 4


def test_a_comment_fits() -> None:
    """A review of 2,000 changes is cut, and says so; the beginning is whole."""
    changes = [change(f"sources.s{number}", f"option: {number} → {number + 1}" * 3) for number in range(2000)]
    text = to_markdown(of(*changes))
    assert len(text) <= LIMIT
    assert text.startswith(MARK)
    assert text.rstrip().endswith("`lakeform review` prints all of it with `--format text`._")
    assert "**2000 changes, which all show in the next sync.**" in text


def test_the_table_is_cut_at_a_row_not_dropped() -> None:
    changes = [change(f"sources.s{number}", "x" * 100) for number in range(2000)]
    text = to_markdown(of(*changes))
    assert text.count("| update |") > 200
    assert "left out" in text


@pytest.mark.parametrize(
    ("refused", "told"),
    [
        ([True], "one thing has to be acknowledged"),
        ([False], "one thing has to be put right"),
        ([True, True], "2 things have to be acknowledged"),
        ([False, True, False], "one thing has to be acknowledged and 2 things have to be put right"),
    ],
)
def test_what_no_line_acknowledges_has_to_be_put_right(refused: list[bool], told: str) -> None:
    one = Refusal("sources.a", "rule", "is refused", "fix")
    text = to_markdown(of(refused=tuple(replace(one, can_be_acknowledged=by_a_line) for by_a_line in refused)))
    assert f"**Refused: {told}. Nothing else changes.**" in text


def test_dangers_are_cut_last() -> None:
    changes = [change(f"sources.s{number}", "deleted", kind="source-deleted") for number in range(500)]
    assert to_markdown(of(*changes)).count("**state-lost**: ") >= 100


@given(st.lists(st.sampled_from(sorted(CONSEQUENCES)), max_size=30), st.integers(1, 4000))
def test_no_review_is_too_long(kinds: list[DetailKind], size: int) -> None:
    changes = [change(f"sources.s{number}", "x" * size, kind=kind) for number, kind in enumerate(kinds)]
    assert len(to_markdown(of(*changes))) <= LIMIT
