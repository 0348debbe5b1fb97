"""An apply that Airbyte refuses: `explain --diagnostics` and `status` say what may be wrong, or where the reason stands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.kube import Cluster, failed
from tests.support.lakes import Result, run, write_files
from tests.support.operate_lakes import known_cluster, operate_lake, stack
from tests.support.provider_errors import HIDDEN, dumped, no_token, unknown
from tests.support.review_lake import BASE, CUSTOMERS, LAKE, ORDERS, SHOP, Edit, apply, edited

CONNECTION = "airbyte_connection.shop_to_warehouse"

WRONG_CURSOR: Edit = {ORDERS: [('"cursor_field": ["updated_at"]', '"cursor_field": ["changed_at"]')]}
CURSOR = "dag/streams/shop/orders.json:3:19  cursor-unknown-field"
WHY = "    this may be why, according to lakeform check:\n"


def lake_with(root: Path, *edits: Edit) -> Path:
    files: dict[str, str] = dict(BASE)
    for edit in edits:
        files |= {path: text for path, text in edited(files, edit).items() if text is not None}
    apply(root, files)
    return root


def explained(lake: Path, text: str, *words: str) -> Result:
    write_files(lake.parent, {"output.txt": text})
    return run(lake, "explain", "--diagnostics", str(lake.parent / "output.txt"), *words)


def rules_of(result: Result) -> list[list[str]]:
    """The ids of the rules at each complaint."""
    return [[rule["rule"] for rule in one["rules"]] for one in json.loads(result.out)["diagnostics"]]


def test_a_refusal_without_a_reason_has_the_rule_that_may_explain_it(tmp_path: Path) -> None:
    result = explained(lake_with(tmp_path / "lake", WRONG_CURSOR), dumped(CONNECTION, "400 Bad Request"))
    assert (result.code, result.err) == (1, "")
    head, _, why = result.out.partition(WHY)
    assert head.splitlines()[0].startswith(f"{SHOP}:10:3  error  unexpected response from API")
    assert why.splitlines()[0].startswith(f"        {CURSOR}  ")
    assert why.splitlines()[-1] == f"    {HIDDEN.format('')}"


def test_a_refusal_that_no_rule_explains_says_where_the_reason_stands(tmp_path: Path) -> None:
    result = explained(lake_with(tmp_path / "lake"), dumped(CONNECTION, "400 Bad Request"))
    nothing = " lakeform check finds nothing wrong in connections.shop_to_warehouse;"
    assert result.out.splitlines()[-1] == f"    {HIDDEN.format(nothing)}"
    assert "this may be why" not in result.out


def test_what_a_login_may_not_do_is_not_explained_by_a_rule(tmp_path: Path) -> None:
    result = explained(lake_with(tmp_path / "lake", WRONG_CURSOR), dumped(CONNECTION, "403 Forbidden"))
    assert result.out.splitlines()[-1] == f"    {HIDDEN.format('')}"
    assert "this may be why" not in result.out


def test_a_refusal_with_a_reason_keeps_it_and_has_the_rule_too(tmp_path: Path) -> None:
    lake = lake_with(tmp_path / "lake", WRONG_CURSOR)
    result = explained(lake, unknown(CONNECTION, 422, '{"message": "no such cursor"}'))
    assert '    {"message": "no such cursor"}\n' in result.out
    assert f"{WHY}        {CURSOR}  " in result.out
    assert "leaves out" not in result.out


@pytest.mark.parametrize("status", [401, 404, 429, 500, 502])
def test_what_is_no_refusal_of_the_content_is_left_alone(tmp_path: Path, status: int) -> None:
    result = explained(
        lake_with(tmp_path / "lake", WRONG_CURSOR), unknown(CONNECTION, status, "Sorry"), "--format=json"
    )
    (one,) = json.loads(result.out)["diagnostics"]
    assert (one["rules"], one["hint"]) == ([], None)


def test_a_refused_login_leads_to_the_login(tmp_path: Path) -> None:
    lake = lake_with(tmp_path / "lake", WRONG_CURSOR)
    result = explained(lake, no_token("airbyte_source.shop", 401, '{"message": "unknown client"}'))
    lines = result.out.splitlines()
    auth = BASE[LAKE].partition("auth:")[0].count("\n") + 1
    assert lines[0].startswith(f"{LAKE}:{auth}:")
    assert lines[0].endswith("  error  failure to invoke API")
    assert lines[-1] == "    Airbyte rejected the login, not this entry: see the stack's auth"
    assert "this may be why" not in result.out


OPTION: Edit = {SHOP: [("region: eu", "regoin: eu")]}
DEFAULT: Edit = {LAKE: [("  variables:\n", "  defaults: {source: {configuration: {regoin: eu}}}\n  variables:\n")]}
UNREADABLE: Edit = {CUSTOMERS: "{"}


@pytest.mark.parametrize(
    ("edit", "address", "rules"),
    [
        pytest.param(OPTION, "airbyte_source.shop", ["config-unknown-key"], id="an option of the entry"),
        pytest.param(OPTION, CONNECTION, [], id="an option of another entry"),
        pytest.param(OPTION, "airbyte_destination.warehouse", [], id="an option of neither"),
        pytest.param(DEFAULT, "airbyte_source.shop", ["config-unknown-key"], id="an option from the defaults"),
        pytest.param(UNREADABLE, CONNECTION, ["json-syntax"], id="a stream file that cannot be read"),
        pytest.param(WRONG_CURSOR, "airbyte_source.shop", [], id="a stream of the source, which knows of none"),
        pytest.param(
            {SHOP: [("    source: shop\n", "    exclude: [orders]\n    source: shop\n")], **WRONG_CURSOR},
            CONNECTION,
            [],
            id="a stream that is left out",
        ),
        pytest.param(
            {SHOP: [("    source: shop\n", "    streams: {orders: {cursor_field: [nope]}}\n    source: shop\n")]},
            CONNECTION,
            ["cursor-unknown-field"],
            id="a setting of a stream in the connection",
        ),
        pytest.param(WRONG_CURSOR, "airbyte_connection.gone", [], id="an entry that is not there"),
    ],
)
def test_only_problems_inside_the_entry_are_named(tmp_path: Path, edit: Edit, address: str, rules: list[str]) -> None:
    lake = lake_with(tmp_path / "lake", edit)
    assert rules_of(explained(lake, dumped(address, "400 Bad Request"), "--format=json")) == [rules]


def test_json_has_the_whole_problem_and_the_hint(tmp_path: Path) -> None:
    lake = lake_with(tmp_path / "lake", WRONG_CURSOR)
    (one,) = json.loads(explained(lake, dumped(CONNECTION, "400 Bad Request"), "--format=json").out)["diagnostics"]
    rule: dict[str, Any] = one["rules"][0]
    assert f"{rule['file']}:{rule['line']}:{rule['column']}  {rule['rule']}" == CURSOR
    assert one["hint"] == HIDDEN.format("")
    assert one["stacks"] == ["airbyte"]


def test_what_is_left_out_of_the_dump_is_no_reason(tmp_path: Path) -> None:
    """A body behind the headers would be one, and then the hint goes."""
    text = dumped(CONNECTION, "400 Bad Request").rstrip("\n") + '\n\n{"message": "No default cursor field"}\n'
    result = explained(lake_with(tmp_path / "lake"), text)
    assert "No default cursor field" in result.out
    assert "leaves out" not in result.out


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    return known_cluster(tmp_path, monkeypatch)


def test_status_names_the_rule_too(tmp_path: Path, cluster: Cluster) -> None:
    lake = operate_lake(tmp_path / "lake", stack())
    registry = lake / "dag/registry/lake.yaml"
    registry.write_text(registry.read_text().replace("{count: 10}", "{count: many}"))
    cluster.put(failed(dumped("airbyte_source.faker", "400 Bad Request", "/api/public/v1/sources")))
    out = run(lake, "status", "--quiet").out
    assert (
        "        this may be why, according to lakeform check:\n            dag/registry/lake.yaml:16:28  config-invalid  "
        in out
    )
    assert f"        {HIDDEN.format('')}\n" in out
    found = json.loads(run(lake, "status", "--quiet", "--format", "json").out)["stacks"][0]["errors"]
    assert [[rule["rule"] for rule in error["rules"]] for error in found] == [["config-invalid"]]


def test_status_names_the_rule_where_the_text_is_withheld(tmp_path: Path, cluster: Cluster) -> None:
    lake = operate_lake(tmp_path / "lake", stack())
    registry = lake / "dag/registry/lake.yaml"
    registry.write_text(registry.read_text().replace("{count: 10}", "{count: many}"))
    cluster.put(failed(dumped("airbyte_source.faker", "400 Bad Request", "/api/public/v1/sources")))
    cluster.refuse("get secrets", "Error from server (Forbidden): no")
    out = run(lake, "status", "--quiet").out
    assert "withheld" in out
    assert "config-invalid" in out
    assert "Response" not in out
