"""A variable's value: rules, connectors, reviews and the server's settings say what OpenTofu said (variable_values.json)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from infra.base.environment import environment_values
from infra.lake.values.convert import convert
from infra.lake.values.lookup import look_up
from tests.support.variable_values import ValuesLake, is_same, kind_of, measured, values

MEASURED = list(measured())


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> ValuesLake:
    return ValuesLake(tmp_path_factory.mktemp("lake"), [value for value, _ in MEASURED])


@pytest.fixture(scope="module")
def answers(lake: ValuesLake) -> dict[str, str | None]:
    """Variable of the lake -> what OpenTofu said of its value."""
    return {name: MEASURED[int(name.partition("_")[2])][1][kind_of(name)] for name in lake.given}


def differing(given: dict[str, Any], answers: dict[str, str | None]) -> list[tuple[str, Any, str | None]]:
    """What is not as OpenTofu said; None where a value is refused."""
    return [
        (name, value, answers[name])
        for name, value in given.items()
        if (value is None) != (answers[name] is None) or not (value is None or is_same(value, answers[name] or ""))
    ]


def test_every_value_was_measured() -> None:
    """Else: `pytest tests/e2e/test_values.py --update-cases`."""
    assert [repr(value) for value, _ in MEASURED] == [repr(value) for value in values()]


def test_values_become_what_opentofu_makes_of_them(answers: dict[str, str | None], lake: ValuesLake) -> None:
    given = {name: converted(value, kind_of(name)) for name, value in lake.given.items()}
    assert differing(given, answers) == []


def converted(value: Any, kind: str) -> Any:
    try:
        return convert(value, kind)
    except ValueError:
        return None


def test_check_refuses_the_defaults_that_opentofu_refuses(answers: dict[str, str | None], lake: ValuesLake) -> None:
    refused = {name for name, answer in answers.items() if answer is None}
    assert lake.refused("lake.variables.*.default") == refused
    assert lake.refused("lake.stacks.airbyte.flux.values.*") == refused


def test_a_connector_gets_the_values_that_opentofu_gives(answers: dict[str, str | None], lake: ValuesLake) -> None:
    texts = {name: value for name, value in lake.given.items() if isinstance(value, str) and value}
    environ = {f"TF_VAR_{name}": value for name, value in texts.items()}
    assert differing({name: lake.connector(name, {}) for name in lake.given}, rounded(answers)) == []
    assert differing({name: lake.connector(name, environ) for name in texts}, rounded(answers)) == []


def rounded(answers: dict[str, str | None]) -> dict[str, str | None]:
    """With the digits that a connector can read."""
    return {
        name: repr(float(answer)) if answer and kind_of(name) == "number" and "." in answer else answer
        for name, answer in answers.items()
    }


def test_a_review_compares_the_values_that_opentofu_compares(answers: dict[str, str | None], lake: ValuesLake) -> None:
    taken = {name: answer for name, answer in answers.items() if answer is not None}
    for known in (lake.review(flux=False), lake.review(flux=True)):
        assert differing({name: known[name] for name in taken}, answers) == []


def test_the_server_is_told_the_text_that_opentofu_tells_it(answers: dict[str, str | None], lake: ValuesLake) -> None:
    names = [
        name for name, value in lake.given.items() if kind_of(name) == "string" and str(value).strip() == str(value)
    ]
    told = {
        name: lake.server(name, {}) for name in names if str(lake.given[name]).isprintable() and lake.given[name] != ""
    }
    assert differing(told, answers) == []


@pytest.mark.parametrize("text", ["1e4001", "1e-4001", "1e999999999", "-1p999999999", "9" * 4002])
def test_a_number_that_would_fill_the_memory_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^too many digits$"):
        convert(text, "number")


@pytest.mark.parametrize("kind", ["number", "bool"])
def test_an_error_does_not_show_the_value(kind: str) -> None:
    with pytest.raises(ValueError, match=rf"^not a {kind}$"):
        convert("hunter2", kind)


def test_digits_beyond_those_of_a_float_are_kept() -> None:
    assert convert("0.10000000000000000000010", "number") == Decimal("0.1000000000000000000001")
    assert convert("0.10", "number") == 0.1


GIVEN, DEFAULT = {"x": "from flux"}, "from default"


@pytest.mark.parametrize(
    ("environ", "given", "default", "found"),
    [
        ({"TF_VAR_x": "from outside"}, GIVEN, DEFAULT, ("outside", "from outside")),
        ({"TF_VAR_x": ""}, GIVEN, DEFAULT, ("values", "from flux")),
        ({}, GIVEN, DEFAULT, ("values", "from flux")),
        ({"x": "no", "tf_var_x": "no", "TF_VAR_xx": "no"}, {"y": 1}, DEFAULT, ("default", "from default")),
        ({}, {"x": ""}, DEFAULT, ("values", "")),
        ({}, {"x": False}, DEFAULT, ("values", False)),
        ({}, {}, 0, ("default", 0)),
        ({}, {}, None, None),
    ],
)
def test_the_order_of_look_up(environ: dict[str, str], given: dict[str, Any], default: Any, found: Any) -> None:
    outside = environment_values(environ)
    assert look_up("x", outside, given, default, secret=False) == found
    assert look_up("x", outside, given, default, secret=True) == (found if "x" in outside else None)
