"""`--help` of a verb ends with lines that can be typed, and a page that exists."""

from __future__ import annotations

import shlex

import pytest

from infra.commands.examples import EXAMPLES
from infra.commands.main import VERBS, _parser, main
from tests.support.lakes import REPOSITORY


def test_every_verb_has_examples() -> None:
    assert list(EXAMPLES) == list(VERBS)


@pytest.mark.parametrize(("verb", "line"), [(verb, line) for verb, one in EXAMPLES.items() for line in one.lines])
def test_an_example_is_understood(verb: str, line: str) -> None:
    words = shlex.split(line)
    assert words[0] == verb
    assert _parser(words).parse_args(words).verb == verb


@pytest.mark.parametrize("verb", VERBS)
def test_the_page_is_there(verb: str) -> None:
    page, _, anchor = EXAMPLES[verb].page.partition("#")
    text = (REPOSITORY / page).read_text("utf-8")
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in text.splitlines() if line.startswith("#")}
    assert not anchor or anchor in headings


def test_they_stand_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["rename", "--help"])
    assert capsys.readouterr().out.endswith(
        "examples:\n"
        "  lakeform rename sources.shop store\n"
        "  lakeform rename streams.shop.orders sales\n"
        "\n"
        "more: docs/registry.md#retired-and-renamed\n"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sinth"], 'there is no verb "sinth"; did you mean "synth" or "init"?'),
        (["--root", "docs", "chek", "--strict"], 'there is no verb "chek"; did you mean "check" or "cache"?'),
    ],
)
def test_a_verb_that_is_not_there_is_named_with_the_nearest(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    assert capsys.readouterr() == ("", f"lakeform: {said}\n")


def test_without_a_word_the_verbs_are_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "    synth      after every edit: check, then write all that is generated\n" in said.err
