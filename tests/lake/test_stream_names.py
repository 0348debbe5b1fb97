"""Streams of any name: discovered, added, synthesized, and found again."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from infra.lake.catalog.discovered import StreamKey, read_discovery
from infra.lake.catalog.discovery import discovery_files, read_catalog
from infra.lake.catalog.file_names import LONGEST, file_names, is_name_of
from infra.lake.files.tables import table_of
from tests.support.lakes import CONNECTION, DESTINATION, LAKE, SOURCE, run, write_files, write_lake

FOLDER = "dag/sources/faker"
DOCUMENT = "cdktf.out/stacks/airbyte/cdk.tf.json"

# What file systems, shells, templates and scripts differ about, beside everything else that Unicode has.
PARTS = st.one_of(
    st.sampled_from(
        [".", "..", "/", "\\", "_", "~", "%", "%20", "${x}", "%{if}", " ", "\t", "\x00", "\n", "*", "?", "[a]", '"']
    ),
    st.sampled_from(
        ["orders", "Orders", "ORDERS", "CON", "aux", "é", "e\u0301", "ß", "ss", "İ", "ﬁ", "x\u0302", "\u3164", "\u200d"]
    ),
    st.sampled_from(
        ["заказы", "売上の明細", "주문", "注文", "الطلبات", "ऑर्डर", "ใบสั่งซื้อ", "παραγγελίες", "🛒", "Å", "K"]
    ),
    st.text(max_size=8),
)
NAMES = st.builds(
    lambda parts, times: "".join(parts) * times, st.lists(PARTS, min_size=1, max_size=6), st.sampled_from([1, 1, 1, 40])
).filter(bool)
KEYS = st.tuples(st.one_of(st.just(""), NAMES), NAMES)


def told(key: StreamKey) -> dict[str, Any]:
    """The stream as a source tells it."""
    named = {"namespace": key[0]} if key[0] else {}
    return {"name": key[1], **named, "json_schema": {}, "supported_sync_modes": ["full_refresh"]}


def as_one_file(name: str) -> str:
    """What is one name on file systems that know no case, or one Unicode form."""
    return unicodedata.normalize("NFD", name.casefold())


@given(st.lists(KEYS, min_size=1, max_size=8))
@example([("a", "b.c"), ("a.b", "c"), ("", "a.b.c"), ("", "a"), ("", "A")])
@example([("", "あ" * 28), ("", "あ" * 200), ("", "あ" * 201), ("n" * 300, "あ" * 201)])
@example([("", "CON"), ("", "con"), ("", "con.x"), ("con", "x"), ("", "%43ON")])
def test_files_of_streams_are_short_their_own_and_read_back(keys: list[StreamKey]) -> None:
    names = file_names(keys)
    assert names.keys() == set(keys)
    assert len({as_one_file(name) for name in names.values()}) == len(set(keys))
    for key, name in names.items():
        assert len(name.encode()) <= LONGEST
        assert is_name_of(name, key)
        assert not any(is_name_of(name, other) for other in keys if other != key and names[other] == name)
        assert not re.search(r"[\x00-\x1f\x7f/\\:*?\"<>| ~]", name.removesuffix(name[-11:] if "~" in name else ""))
        assert name[0] not in "._"
        assert not re.match(r"(con|aux|prn|nul)(\.|$)", name, re.IGNORECASE)
        assert unicodedata.is_normalized("NFC", name)


@given(st.lists(KEYS, min_size=1, max_size=6), st.lists(KEYS, max_size=6))
def test_a_file_keeps_its_name_whatever_else_a_source_offers(before: list[StreamKey], later: list[StreamKey]) -> None:
    names = file_names(before)
    grown = file_names([*before, *later], names)
    assert {key: grown[key] for key in names} == names
    assert len({as_one_file(name) for name in grown.values()}) == len({*before, *later})
    assert file_names(reversed([*before, *later]), names) == grown
    assert file_names(grown, grown) == grown


@given(st.lists(KEYS, min_size=1, max_size=8))
def test_a_discovery_reads_back_as_the_streams_that_were_told(
    tmp_path_factory: pytest.TempPathFactory, keys: list[StreamKey]
) -> None:
    root = tmp_path_factory.mktemp("lake")
    streams = read_catalog(json.dumps({"streams": [told(key) for key in keys]}), "catalog.json")
    write_files(root, discovery_files("faker", streams, {"from": "file"}))
    found, problems = read_discovery(root, "faker")
    assert (dict(found.streams), problems) == ({stream.key: stream for stream in streams}, [])
    assert found.stems == file_names(keys)


@settings(max_examples=12)
@given(KEYS)
@example(("", "あ" * 300))
@example(("public", "../../etc/passwd"))
@example(("ns", "${TfToken[TOKEN.0]} %{ if true }"))
def test_any_stream_is_discovered_added_synthesized_renamed_and_retired(
    tmp_path_factory: pytest.TempPathFactory, key: StreamKey
) -> None:
    # Those that Terraform would change are told as `text-not-portable`.
    assume(
        not any(
            text.startswith("\ufeff") or re.search("[\x00-\x1f<>&][\u0300-\u036f]", unicodedata.normalize("NFD", text))
            for text in key
        )
    )
    assume(key[1] != "seed")
    root = tmp_path_factory.mktemp("lake") / "lake"
    write_lake(root, {"dag/registry/lake.yaml": LAKE + SOURCE + DESTINATION + CONNECTION})
    write_files(root.parent, {"catalog.json": json.dumps({"streams": [told(key), told(("", "seed"))]})})
    assert run(root, "discover", "faker", "--from", str(root.parent / "catalog.json")).code == 0
    assert run(root, "add", "stream", "faker", "--all").code == 0
    assert run(root, "synth").code == 0
    assert key in synthesized(root)
    assert (checked := run(root, "check", "--strict", "--synth")).code == 0, checked.out

    stem = file_names([key, ("", "seed")])[key]
    settings_ = {"stream": key[1]} | ({"namespace": key[0]} if key[0] else {})
    write_files(root, {"dag/streams/faker/other.json": json.dumps(settings_)})
    (root / "dag/streams/faker" / f"{stem}.json").unlink()
    renamed = {"renamed": [{"from": f"streams.faker.{stem}", "to": "streams.faker.other"}]}
    write_files(root, {"dag/registry/renamed.yaml": json.dumps(renamed, ensure_ascii=False)})
    assert run(root, "synth").code == 0
    assert key in synthesized(root)

    (root / "dag/streams/faker/other.json").unlink()
    (root / "dag/registry/renamed.yaml").unlink()
    retired = {
        "retired": [{"entry": f"connections.faker_to_lake.streams.{stem}", "date": "2026-01-01", "reason": "gone"}]
    }
    write_files(root, {"dag/registry/retired.yaml": json.dumps(retired, ensure_ascii=False)})
    assert run(root, "synth").code == 0
    assert synthesized(root) == {("", "seed")}


def synthesized(root: Path) -> set[StreamKey]:
    """The streams of the connection, as Terraform reads them."""
    resource = json.loads((root / DOCUMENT).read_text())["resource"]["airbyte_connection"]["faker_to_lake"]
    streams = resource["configurations"]["streams"]
    return {(plain(stream.get("namespace") or ""), plain(stream["name"])) for stream in streams}


def plain(text: str) -> str:
    """The text of a template whose only expression is a carriage return."""
    text = re.sub(r'\$\{"(\$*)\\r"\}', "\\1\r", text)
    assert not re.search(r"(?<!\$)\$\{|(?<!%)%\{", text)
    return text.replace("$${", "${").replace("%%{", "%{")


@pytest.mark.parametrize("stems", [["売上", "利益", "売上高"], ["Straße", "Strasse", "stra_e"]])
def test_streams_of_other_scripts_have_tables_of_their_own(stems: list[str]) -> None:
    assert len({table_of("shop", stem).name for stem in stems}) == len(stems)
