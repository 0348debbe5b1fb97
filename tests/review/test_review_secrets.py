"""What a review must not print: somebody committed a secret once, and the pull request that mends it shows both sides."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.review.test_reviews import commit, git, repository, synthesized
from tests.support.lakes import run
from tests.support.review_lake import BASE, LAKE, SHOP, SOURCE_LOCK, SPEC, Edit, apply, edited, lock
from tests.support.review_texts import BACKEND, FLUX

SECRET = "sk_live_123"
WITH_FLUX = f"{FLUX[:-1]}, values: {{shop_api_key: {SECRET}}}}}"
OBJECT = {"type": "object", "airbyte_secret": True, "properties": {"token": {"type": "string"}}}
HEADERS = {**SPEC, "properties": {**SPEC["properties"], "headers": OBJECT}}  # type: ignore[dict-item]

SERVER = "https://airbyte.example.com"

# Name -> the base with a secret in clear, a text of the review that says what it is about, blocks of the base's output.
LEAKS: dict[str, tuple[Edit, str, dict[str, object]]] = {
    "a literal in a field of secrets": (
        {SHOP: [("{secret: shop_api_key}", SECRET)]},
        "shop_api_key",
        {"locals": {"source_shop": {"api_key": SECRET}}},
    ),
    "a literal inside of an object that is a secret": (
        {
            SHOP: [("region: eu", f"region: eu, headers: {{token: {SECRET}}}")],
            SOURCE_LOCK: lock("source-shop", "aaaaaaaa-0000-4000-8000-000000000001", HEADERS),
        },
        "headers.token",
        {"locals": {}},
    ),
    "the value of a variable that is a secret now": ({LAKE: [(BACKEND, f"      {WITH_FLUX}\n{BACKEND}")]}, "Flux", {}),
    "the default of a variable in a field of secrets": (
        {
            SHOP: [("{secret: shop_api_key}", "{var: api_key}")],
            LAKE: [("    page_size:", f"    api_key: {{default: {SECRET}}}\n    page_size:")],
        },
        "api_key: {var: api_key} → {secret: shop_api_key}",
        {"locals": {}, "variable": {"api_key": {"type": "string", "default": SECRET}}},
    ),
    "a password in the address of a server": (
        {LAKE: [(SERVER, f"https://user:{SECRET}@other.example.com")]},
        "server: https://other.example.com/api/public/v1 → ",
        {"provider": {"airbyte": [{"server_url": f"https://user:{SECRET}@other.example.com/api/public/v1"}]}},
    ),
    "an address that is a secret": (
        {
            LAKE: [
                (f"{SERVER}/api/public/v1", "{secret: address}"),
                ("    page_", f"    address: {{default: {SECRET}}}\n    page_"),
            ]
        },
        "server: from the variable address → ",
        {
            "provider": {"airbyte": [{"server_url": "${var.address}"}]},
            "variable": {"address": {"type": "string", "sensitive": True, "default": SECRET}},
        },
    ),
    "a password in a backend": (
        {LAKE: [(BACKEND, f"      backend: {{pg: {{conn_str: {SECRET}}}}}\n")]},
        "Terraform state: pg → kubernetes",
        {"terraform": {"backend": {"pg": {"conn_str": SECRET}}}},
    ),
    "an option of a connector that is not locked": (
        {SHOP: [("connector: source-shop", "connector: source-lost"), ("region: eu", f"region: {SECRET}")]},
        "region",
        {"locals": {}},
    ),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_secret_of_the_base_is_not_shown(leak: str, tmp_path: Path) -> None:
    """Its problems keep such a base from being synthesized, so its output is edited by hand."""
    edit, told, output = LEAKS[leak]
    repository(tmp_path)
    document = tmp_path / "cdktf.out/stacks/airbyte/cdk.tf.json"
    document.write_text(json.dumps({**json.loads(document.read_text()), **output}))
    apply(tmp_path, edited(BASE, edit))
    commit(tmp_path)
    apply(tmp_path, {path: BASE[path] for path in edit})
    synthesized(tmp_path)
    for form in ("text", "markdown", "json"):
        result = run(tmp_path, "review", "--base", "main", "--format", form)
        assert result.code in (0, 1)
        assert SECRET not in result.out + result.err
    assert told in run(tmp_path, "review", "--base", "main").out
    assert any(SECRET in git(tmp_path, "show", f"main:{path}") for path in edit)
