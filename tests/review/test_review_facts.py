"""No two details of one stream say the opposite: all pairs of kinds, at all places."""

from __future__ import annotations

import itertools
import re
from functools import cache

import pytest

from infra.lake.model.load import load_lake
from infra.review.details.change import Change, Detail
from infra.review.details.consequences import CONSEQUENCES
from infra.review.details.detail_kind import DETAIL_KINDS, DetailKind
from infra.review.details.facts import _SAID, _SILENT, FACTS, STRENGTH
from infra.review.details.settled import settled
from infra.review.sides.side import Side
from tests.support.lakes import write_lake
from tests.support.review_facts import contradictions
from tests.support.review_lake import BASE, SHOP
from tests.support.review_texts import SECOND

# Entry of a change, path of its detail.
PLACES = [
    ("sources.shop", "sources.shop.configuration.region"),
    ("destinations.warehouse", "destinations.warehouse.configuration.schema"),
    ("connections.shop_to_warehouse", "connections.shop_to_warehouse.prefix"),
    ("connections.shop_to_warehouse", "connections.shop_to_warehouse.streams.orders.fields"),
    ("connections.shop_again", "connections.shop_again.streams.orders.cursor_field"),
    ("connections.shop_to_warehouse.streams.orders", "connections.shop_to_warehouse.streams.orders.backfill"),
    ("lake.stacks.airbyte", "lake.stacks.airbyte.backend"),
]
AGAIN = SECOND.partition("connections:")[2].replace("branch_to_warehouse", "shop_again").replace("branch", "shop")


@pytest.fixture(scope="module")
def side(tmp_path_factory: pytest.TempPathFactory) -> Side:
    """A lake whose source has two connections."""
    root = write_lake(tmp_path_factory.mktemp("lake"), {**BASE, SHOP: BASE[SHOP] + AGAIN.lstrip("\n")})
    return Side(load_lake(root).model, {})


def change(kind: DetailKind, entry: str, path: str) -> Change:
    return Change("airbyte", entry, entry, "update", (Detail(kind, path, None, None, kind),))


@cache
def speaking() -> tuple[DetailKind, ...]:
    """A kind for each set of facts."""
    return tuple({FACTS[kind]: kind for kind in DETAIL_KINDS if FACTS[kind].given()}.values())


def test_every_kind_declares_its_facts() -> None:
    assert sorted([*_SAID, *_SILENT]) == sorted(DETAIL_KINDS)


def test_no_two_changes_contradict_each_other(side: Side) -> None:
    found = [change(kind, *place) for kind in speaking() for place in PLACES]
    assert len(found) > 100
    unsettled = 0
    for pair in itertools.combinations(found, 2):
        unsettled += bool(contradictions(side, side, [*pair]))
        assert contradictions(side, side, settled(side, side, pair)) == [], pair
    assert unsettled > 1000


def test_what_is_strongest_is_still_told(side: Side) -> None:
    """Of two changes one at least keeps its own words, unless each is the weaker one in something."""
    for pair in itertools.combinations([change(kind, *place) for kind in speaking() for place in PLACES], 2):
        after = settled(side, side, pair)
        if all(one.details[0].kind == "overruled" for one in after):
            first, second = (FACTS[one.details[0].kind].given() for one in pair)
            order = {(STRENGTH[f].index(first[f]) > STRENGTH[f].index(second[f])) for f in first if f in second and first[f] != second[f]}  # fmt: skip
            assert order == {True, False}, pair


def test_a_detail_that_is_overruled_for_one_connection_says_for_which(side: Side) -> None:
    first = change("configuration-changed", *PLACES[0])
    second = change("connection-replaced", "connections.shop_again", "connections.shop_again")
    after = settled(side, side, [first, second])
    assert after[0].details[0].text == "configuration-changed (but for connections.shop_again, see there)"
    assert after[1] == second


# What a sentence says -> the fact behind it.
WORDS = {
    r"sync state stays|stored state|with its sync state": ("state", {"kept"}),
    r"start from scratch|starts from scratch|sync state (of its connections )?(is|are) gone": ("state", {"lost"}),
    r"reads? everything$|reads all of|read again from the start|each sync reads everything": ("next_sync", {"all"}),
    r"until a backfill|only with a backfill|nothing is re-read;": ("next_sync", {"new"}),
    r"in old rows|old rows (keep|stay as)|rows that arrived (stay|keep)": ("old_rows", {"stale"}),
    r"new rows go to tables|new rows are written to the new place": ("table", {"other"}),
    r"nothing is destroyed": ("object", {"kept"}),
}
# They say it of what is not a stream of the change, or of a stream that is gone.
APART = {"source-deleted", "destination-deleted", "connection-deleted", "stream-removed"}


@pytest.mark.parametrize("pattern", WORDS)
def test_words_and_facts_agree(pattern: str) -> None:
    fact, values = WORDS[pattern]
    saying = [kind for kind, row in CONSEQUENCES.items() if re.search(pattern, row.why) and kind not in APART]
    assert saying
    assert {kind: FACTS[kind].given().get(fact) for kind in saying if FACTS[kind].given().get(fact) not in values} == {}
