"""What a stream or field reaches in dbt models: nothing is missed, and what cannot be known is said."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.lakes import run, write_lake
from tests.support.model_edits import EDITS, LAKE_OF_MODELS, Edit


def lake_of(edit: Edit, root: Path) -> Path:
    """The lake with the edit."""
    write_lake(root, LAKE_OF_MODELS)
    for name, text in edit.files.items():
        path = root / name
        path.unlink() if text is None else path.write_text(text, "utf-8")
    return root


def lines_of(found: dict[str, Any]) -> list[str]:
    """One object of the output, as the edits write it; `fct_sales rows` stands for any number of ways to it."""
    lines = {_line(hit) for hit in found["reached"]}
    lines |= {f"{'' if one['certain'] else '?'}!{one['name']}" for one in found["exposures"]}
    return sorted(lines | {f"?{one['model']}" for one in found["unknown"]})


def _line(hit: dict[str, Any]) -> str:
    name = ".".join(filter(None, [hit["model"], hit["column"]]))
    return f"{name} {hit['how']}" + (f" somewhere in {hit['somewhere_in']}" if hit["somewhere_in"] else "")


@pytest.mark.parametrize("name", EDITS)
def test_an_edit_reaches_what_is_written_beside_it(name: str, tmp_path: Path) -> None:
    edit = EDITS[name]
    result = run(lake_of(edit, tmp_path), "impact", edit.asked, "--format", "json")
    assert (result.code, result.err) == (0, "")
    (found,) = json.loads(result.out)["impact"]
    assert lines_of(found) == edit.lines


def test_the_text_names_models_columns_exposures_and_what_cannot_be_known(tmp_path: Path) -> None:
    root = lake_of(EDITS["a macro"], tmp_path)
    result = run(root, "impact", "faker.orders.total")
    assert result.code == 0
    assert (
        result.out
        == """\
faker.orders.total (landing.faker__orders) reaches
    stg_orders  dag/processed/faker/stg_orders.sql
        total  its values
    exposures
        board  perhaps  dag/enriched/shop/shop.yml
cannot be known
    dag/enriched/shop/fct_sales.sql: it reads "int_orders"
    dag/processed/faker/int_orders.sql: line 1: the macro "dbt_utils.star" is not followed
"""
    )


def test_a_source_is_each_of_its_streams(tmp_path: Path) -> None:
    result = run(lake_of(Edit({}, "", ""), tmp_path), "impact", "faker")
    assert (
        result.out
        == """\
faker.customers (landing.faker__customers) reaches
    fct_sales  dag/enriched/shop/fct_sales.sql
        (the model)  used to group
        (the model)  used to join
        (the model)  its rows, by a model before it
        name         its values
    int_people  dag/processed/faker/int_people.sql
        (the model)  its rows, by a model before it
        id           its values
        name         its values
    exposures
        board  dag/enriched/shop/shop.yml

faker.orders (landing.faker__orders) reaches
    fct_sales  dag/enriched/shop/fct_sales.sql
        (the model)  used to join
        (the model)  its rows, by a model before it
        sales        its values
    int_orders  dag/processed/faker/int_orders.sql
        (the model)  used to choose rows
        (the model)  its rows, by a model before it
        customer_id  its values
        id           its values
        total        its values
    stg_orders  dag/processed/faker/stg_orders.sql
        (the model)  its rows, by a model before it
        customer_id  its values
        id           its values
        status       its values
        total        its values
        updated_at   its values
    exposures
        board  dag/enriched/shop/shop.yml
"""
    )


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("fakr", 'there is no synced source "fakr"; did you mean "faker"?'),
        ("faker.order", 'there is no synced stream "order"; did you mean "orders"?'),
        ("faker.orders.totl", 'there is no field "totl"; did you mean "total"?'),
        (
            "faker.orders.customer.adress.city",
            'there is no field "customer.adress"; did you mean "customer.address" or "customer.email"?',
        ),
    ],
)
def test_a_wrong_name_is_told_with_the_near_match(asked: str, message: str, tmp_path: Path) -> None:
    result = run(lake_of(Edit({}, "", ""), tmp_path), "impact", asked)
    assert (result.code, result.out, result.err) == (2, "", f"lakeform impact: {message}\n")


UNKNOWN = {
    "{{ env_var('X') }}": 'line 1: the macro "env_var" is not followed',
    "{% macro a() %}{% endmacro %}select 1": 'line 1: it defines the macro "a"',
    "select {{ target.name }}": 'line 1: what "target" is depends on the run',
    "select {{ run_query('select 1') }}": 'line 1: the macro "run_query" is not followed',
    "select {{ adapter.quote('a') }}": 'line 1: the macro "adapter.quote" is not followed',
    "select {{ ''.__class__.__mro__ }}": 'line 1: there is no "__class__" to be read',
    "select {{ 'a' * 9999999999 }}": "line 1: `mul` of Jinja is not followed",
    "{% for i in range(9) %}{% endfor %}": 'line 1: the macro "range" is not followed',
    "{% set l = " + "['a'" + ", 'a'" * 99 + "] %}" + "{% for x in l %}" * 4 + "{% endfor %}" * 4: (
        "it is larger than what is read"
    ),
    "{% set x = 'aaaaaaaaaa' %}" + "{% set x = x ~ x %}" * 40: "its SQL is larger than what is read",
    "{% set x = ['a'] %}" + "{% set x = x + x %}" * 40: "line 1: values are added that do not fit",
    "select {{ " + "(" * 5000 + "1" + ")" * 5000 + " }}": "its Jinja is nested too deeply",
    "select " + "(" * 5000 + "1" + ")" * 5000: "its SQL is nested too deeply",
    "select {{ var('gone') }}": 'line 1: the variable "gone" has no value in dag/dbt_project.yml',
    "select * from {{ ref('stg_order') }}": 'there is no model "stg_order"; did you mean "stg_orders" or "int_orders"?',
    "select columns('a.*') from {{ ref('stg_orders') }}": "COLUMNS(...) is not followed",
    "select * from read_parquet('s3://raw/**')": "it reads files by itself (read_parquet)",
    "select a from main.s.landing.faker.orders": "a table that is not called by its name is not followed",
    "select a from b lateral .c": "a part of its SQL is missing",
    "select 1; select 2": "it is not one query",
    "delete from {{ ref('stg_orders') }}": "it is not one query",
    "select from where": "line 1: its SQL is not understood",
    "-- " + "x" * 200_000: "it is larger than what is read",
}


@pytest.mark.parametrize("text", UNKNOWN, ids=range(len(UNKNOWN)))
def test_what_cannot_be_known_is_said_and_hides_nothing_else(text: str, tmp_path: Path) -> None:
    root = lake_of(Edit({"dag/processed/faker/odd.sql": text}, "", ""), tmp_path)
    (found,) = json.loads(run(root, "impact", "faker.orders.total", "--format", "json").out)["impact"]
    assert [(one["model"], one["why"]) for one in found["unknown"]] == [("odd", UNKNOWN[text])]
    assert [hit["model"] for hit in found["reached"]] == ["fct_sales", "int_orders", "stg_orders"]


def test_a_lake_without_models_says_so(tmp_path: Path) -> None:
    files = {name: text for name, text in LAKE_OF_MODELS.items() if not name.endswith((".sql", ".yml"))}
    result = run(write_lake(tmp_path, files), "impact", "faker.orders")
    assert (result.code, result.out) == (0, "the lake has no models\n")


@pytest.mark.parametrize("verb", [("impact", "faker.orders"), ("check",)])
def test_without_the_extra_it_is_said_once(verb: tuple[str, ...], tmp_path: Path) -> None:
    root = lake_of(Edit({}, "", ""), tmp_path)
    assert run(root, "catalog", "--quiet").code == 0
    without = (
        "import sys\n"
        "sys.modules['sqlglot'] = sys.modules['jinja2'] = None\n"
        "from infra.commands.main import main\n"
        f"sys.exit(main({[verb[0], '--root', str(root), *verb[1:]]!r}))\n"
    )
    result = subprocess.run([sys.executable, "-c", without], capture_output=True, text=True, check=False)
    told = {
        "impact": (2, "", "lakeform impact: this reads dbt models: install lakeform with its extra `flows`\n"),
        "check": (
            0,
            "no problems in 1 source, 1 destination, 1 connection, 2 streams, 1 stack\n",
            "the dbt models were not looked at: install lakeform with its extra `flows`\n",
        ),
    }
    assert (result.returncode, result.stdout, result.stderr) == told[verb[0]]
