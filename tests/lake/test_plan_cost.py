"""The model of what a plan costs, against what was measured, and what must hold of any such model."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.lake.model.plan_cost import Selection, connection_seconds, in_words, limit_of, plan_cost
from infra.lake.registry.flux import Flux
from tests.bench.plans import parse

# Shape as `python -m tests.bench.plans` reads it -> processor seconds of a later plan, of OpenTofu 1.12.6 and
# airbytehq/airbyte 1.2.0 together, on the processor of the model.
MEASURED = {
    "1x0": 0.23,
    "1x0*30": 0.91,
    "50x3": 2.85,
    "10x20": 7.86,
    "1x20*10": 12.57,
    "1x20*10s20": 31.45,
    "1x60": 13.43,
    "1x5*40": 9.84,
    "1x60,5*9": 16.43,
    "1x40*5,0*10": 29.85,
    "1x20*20": 38.15,
    "1x40*10": 67.6,
    "1x100": 58.25,
    "2x20*5": 9.81,
    "1x30,25,20,15,10,8,6,5,4,3": 7.41,
    "1x20*30": 70.01,
    "1x10*40": 25,
    "1x20*10s15": 17.06,
    "1x3*60": 12.95,
    "1x20*20s20": 95.99,
    "1x50,40*4,20*5,5*10": 44.07,
    "50x20*10": 698.6,
    "1x20": 0.89,
    "1x20*5": 4.64,
    "1x20*5s20": 8.75,
    "1x20*5s15": 6.42,
    "1x40,10,10,10,10": 5.64,
    "1x0*100": 5.46,
    "1x0m5": 0.94,
    "1x0*10m1": 1.24,
    "1x0*10m5": 10.91,
    "1x0*20m3": 12.46,
    "1x20m5": 2.8,
    "1x60m5": 20.52,
    "1x5*10m5": 13.41,
    "1x20*5m1": 6.55,
    "1x20*5m5": 16.66,
    "1x20*10m1": 15.05,
    "1x20*10m2": 20.83,
    "1x0*200": 21.11,
    "1x3*20": 2.13,
}

sizes = st.lists(st.integers(0, 60), min_size=1, max_size=12)


def seconds(shape: str) -> float:
    """What the model says of a shape."""
    wanted = parse(shape)
    streams = [Selection(wanted.names(number), wanted.mappers) for number in range(len(wanted.fields))]
    return plan_cost({str(number): streams for number in range(wanted.connections)}).seconds


def streams_of(counts: list[int], mappers: int = 0) -> list[Selection]:
    """Streams that have no field in common."""
    return [Selection(tuple(f"{stream}_{n}" for n in range(count)), mappers) for stream, count in enumerate(counts)]


@pytest.mark.parametrize("shape", MEASURED)
def test_the_model_is_within_a_factor_of_two_of_what_was_measured(shape: str) -> None:
    assert MEASURED[shape] / 2 <= seconds(shape) <= MEASURED[shape] * 2


@given(sizes, st.integers(0, 60))
def test_another_stream_never_makes_a_plan_cheaper(counts: list[int], more: int) -> None:
    assert connection_seconds(streams_of([*counts, more])) > connection_seconds(streams_of(counts))


@given(sizes, st.data())
def test_another_field_makes_a_plan_dearer(counts: list[int], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(counts) - 1))
    more = [count + (index == place) for index, count in enumerate(counts)]
    assert connection_seconds(streams_of(more)) > connection_seconds(streams_of(counts))


@given(sizes)
def test_the_order_of_streams_does_not_matter(counts: list[int]) -> None:
    one, other = connection_seconds(streams_of(counts)), connection_seconds(streams_of(counts[::-1]))
    assert one == pytest.approx(other)


@given(st.integers(1, 60))
def test_streams_of_the_same_fields_cost_more_than_of_others(size: int) -> None:
    alike = [Selection(tuple(f"f_{n}" for n in range(size)))] * 2
    assert connection_seconds(alike) > connection_seconds(streams_of([size, size]))


@given(sizes, st.integers(0, 9))
def test_another_mapper_makes_a_plan_dearer(counts: list[int], mappers: int) -> None:
    assert connection_seconds(streams_of(counts, mappers + 1)) > connection_seconds(streams_of(counts, mappers))


@given(st.integers(1, 200), st.integers(20, 60))
def test_without_a_selection_a_connection_is_cheap(streams: int, fields: int) -> None:
    cheap = connection_seconds([Selection()] * streams)
    assert cheap < 0.05 + 0.1 * streams
    assert cheap < connection_seconds(streams_of([fields] * streams)) / 1.5


def test_connections_stand_by_what_they_cost_then_by_name() -> None:
    dear, cheap = streams_of([20] * 5), streams_of([3])
    assert list(plan_cost({"c": cheap, "b": dear, "a": cheap, "d": dear}).connections) == ["b", "d", "a", "c"]


@pytest.mark.parametrize(
    ("given_seconds", "words"),
    [
        (0.2, "1 s"),
        (4.64, "4.6 s"),
        (45.4, "45 s"),
        (99.6, "100 s"),
        (101, "1.7 min"),
        (722, "12 min"),
        (5900, "98 min"),
        (6100, "1.7 h"),
        (400_000, "110 h"),
    ],
)
def test_an_estimate_has_two_figures(given_seconds: float, words: str) -> None:
    assert in_words(given_seconds) == words


def test_the_limit_is_a_quarter_of_the_interval() -> None:
    assert [limit_of(flux) for flux in (None, Flux(), Flux(interval="1h"))] == [150, 150, 900]
