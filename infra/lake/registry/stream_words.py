"""Keys and values of other tools in a stream file, and what to write instead.

Source: airbytehq/terraform-provider-airbyte, docs/resources/connection.md, `configurations.streams`; the protocol's
ConfiguredAirbyteStream; the Configuration API's AirbyteStreamAndConfiguration.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from pydantic import BeforeValidator

from infra.lake.documents.parse import Foreign, folded, refuse
from infra.lake.registry.sync_mode import COMBINED

Around = Mapping[str, Any]

# What people and other tools call them, folded -> the two modes.
_PAIRS = {
    **{folded(word): pair for pair, word in COMBINED.items()},
    **{folded("".join(pair)): pair for pair in COMBINED},
    "incrementalappenddeduped": ("incremental", "append_dedup"),
    "incrementaldedup": ("incremental", "append_dedup"),
    "incrementaldeduped": ("incremental", "append_dedup"),
    "fullrefreshoverwritededuped": ("full_refresh", "overwrite_dedup"),
}
_SOURCE = {
    **dict.fromkeys(("full", "fullload", "refresh"), "full_refresh"),
    "incr": "incremental",
    "delta": "incremental",
}
_DEDUP = ("dedup", "deduped", "dedupe", "dedupedhistory", "appenddeduped", "upsert", "merge")
_DESTINATION = {
    **dict.fromkeys(_DEDUP, "append_dedup"),
    **dict.fromkeys(("replace", "truncate", "full"), "overwrite"),
    "insert": "append",
    "overwritededuped": "overwrite_dedup",
}


_THEIRS = {re.sub("[^a-z]", "", mode): mode for _, mode in COMBINED}


def modes_meant(word: str) -> tuple[str, str] | None:
    """(sync mode, destination sync mode) of one word for both: `incremental_deduped_history`, `Incremental | Append`."""
    return _PAIRS.get(re.sub("[^a-z]", "", word.lower()))


def _write(**values: Any) -> str:
    return "write " + " and ".join(f'"{key}": {json.dumps(value, ensure_ascii=False)}' for key, value in values.items())


# What a stream file says holds for every destination of its source, and not all of them dedup.
_NO_DEDUP = '; a destination that offers no dedup, such as S3, takes "append"'


def _write_mode(mode: str, **before: str) -> str:
    fix = _write(**before, destination_sync_mode=mode)
    return fix + _NO_DEDUP if mode == "append_dedup" else fix


_MODES = 'must be "incremental" or "full_refresh"'


def _sync_mode(value: Any) -> Any:
    word = re.sub("[^a-z]", "", value.lower()) if isinstance(value, str) else ""
    if word and (pair := modes_meant(word)):
        fix = _write_mode(pair[1], sync_mode=pair[0])
        raise refuse(
            "wrong-type", f"{_MODES}: this is a word for both modes, of the source and of the destination", fix
        )
    if (word in _DESTINATION and word not in _SOURCE) or word in _THEIRS:
        fix = _write_mode(_DESTINATION.get(word) or _THEIRS[word])
        raise refuse("wrong-type", f"{_MODES}: this is a mode of the destination", fix)
    if word in ("cdc", "logbased", "xmin"):
        fix = f"{_write(sync_mode='incremental')}; the method stands in the source's configuration"
        raise refuse("wrong-type", f"{_MODES}: this is a method of the source", fix)
    if word in _SOURCE:
        raise refuse("wrong-type", _MODES, _write(sync_mode=_SOURCE[word]))
    return value


def _destination_mode(value: Any) -> Any:
    word = re.sub("[^a-z]", "", value.lower()) if isinstance(value, str) else ""
    if word and (pair := modes_meant(word)) and word not in _DESTINATION:
        fix = _write_mode(pair[1], sync_mode=pair[0])
        raise refuse("wrong-type", "must be a mode of the destination: this is a word for both modes", fix)
    if word in _DESTINATION and value != "append_dedup":
        raise refuse("wrong-type", "Airbyte has another word for it", _write_mode(_DESTINATION[word]))
    return value


def _names(value: Any) -> list[str] | None:
    """The names of fields in what other tools write for a list of them."""
    if isinstance(value, str) and value.strip():
        return [part.strip() for part in value.split(",") if part.strip()]
    found = [_name(item) for item in value] if isinstance(value, list) else []
    return [name for name in found if name] if found and all(found) else None


def _name(item: Any) -> str | None:
    if isinstance(item, Mapping):
        item = next((item[key] for key in ("field_path", "fieldPath", "name", "field") if key in item), None)
    if isinstance(item, list) and len(item) == 1:
        item = item[0]
    return item if isinstance(item, str) else None


def _primary_key(value: Any) -> Any:
    """Refuses in one message what is no list of paths, of which each is a list."""
    items = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    first = next((index for index, item in enumerate(items) if isinstance(item, str)), None)
    if first is not None:
        paths = [item if isinstance(item, list) else [item] for item in (_names(value) or items)]
        if all(isinstance(part, str) for path in paths for part in path):
            message = (
                "must be a list of paths, of which each is a list" if value is not items else "must be a list, not text"
            )
            raise refuse("wrong-type", message, _write(primary_key=paths), at=() if value is not items else (first,))
    return value


def _cursor_field(value: Any) -> Any:
    names = None if isinstance(value, list) and all(isinstance(item, str) for item in value) else _names(value)
    if value == []:
        raise refuse("wrong-type", "must not be empty", "remove it, or name a field")
    if names and len(names) == 1:
        raise refuse("wrong-type", "must be a list: the path of one field", _write(cursor_field=names))
    return value


def _fields(value: Any) -> Any:
    """Refuses in one message other ways to name fields, and types that are not a mapping."""
    if isinstance(value, Mapping) and any(isinstance(kind, str) for kind in value.values()):
        said = {name: {"type": kind} if isinstance(kind, str) else kind for name, kind in value.items()}
        fix = f"write {json.dumps(said, ensure_ascii=False)}"
        raise refuse("wrong-type", "the type of a field must be a mapping, not text", fix)
    return _field_names(value)


def _field_names(value: Any) -> Any:
    wrong = isinstance(value, str) or (
        isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value)
    )
    if wrong and (names := _names(value)):
        raise refuse("wrong-type", "must be a list of names", f"write {json.dumps(names, ensure_ascii=False)}")
    return value


IN_OUR_WORDS = {
    "sync_mode": BeforeValidator(_sync_mode),
    "destination_sync_mode": BeforeValidator(_destination_mode),
    "primary_key": BeforeValidator(_primary_key),
    "cursor_field": BeforeValidator(_cursor_field),
    "fields": BeforeValidator(_fields),
    "exclude_fields": BeforeValidator(_field_names),
}


def _named_list(key: str, known: tuple[str, ...], around: Around) -> str:
    value = next(inner for name, inner in around.items() if folded(name) in known)
    names = _names(value)
    return _write(**{key: names}) if names else f'write "{key}": ["..."]'


def _selected(around: Around) -> str:
    said = {folded(key): value for key, value in around.items()}
    off = next((not said[key] for key in ("enabled", "active", "sync") if key in said), said.get("disabled", True))
    return _write(selected=not off)


def _stream(around: Around) -> str:
    value = next((inner for key, inner in around.items() if folded(key) in ("name", "streamname")), None)
    return _write(stream=value) if isinstance(value, str) else 'write "stream": its name in the source'


def _schema(_around: Around) -> str:
    return 'write "fields": {"id": {"type": "integer"}}; what a source offers is written by lakeform discover'


_SELECTED = ("selectedfields", "columns", "include", "includefields", "includecolumns", "select")
_EXCLUDED = ("excludedfields", "exclude", "excludecolumns", "ignorefields")

STREAM: dict[str, Foreign] = {
    **dict.fromkeys(_SELECTED, Foreign("fields", partial(_named_list, "fields", _SELECTED))),
    **dict.fromkeys(_EXCLUDED, Foreign("exclude_fields", partial(_named_list, "exclude_fields", _EXCLUDED))),
    **dict.fromkeys(("enabled", "active", "sync", "disabled"), Foreign("selected", _selected)),
    **dict.fromkeys(("name", "streamname"), Foreign("stream", _stream)),
    **dict.fromkeys(("jsonschema", "schema"), Foreign("fields", _schema)),
}


def refuse_catalog_entry(value: Any) -> Any:
    """Refuses a stream as catalogs have it, `{"stream": {...}, "config": {...}}`, in one message with the file to write."""
    stream = value.get("stream") if isinstance(value, Mapping) else None
    if not isinstance(stream, Mapping):
        return value
    said = dict(_catalog_settings(stream, value))
    message = "this is a stream as Airbyte's catalogs have it"
    raise refuse("wrong-type", message, f"write {json.dumps(said, ensure_ascii=False)}")


_SAID = {
    "syncmode": "sync_mode",
    "destinationsyncmode": "destination_sync_mode",
    "cursorfield": "cursor_field",
    "primarykey": "primary_key",
    "selected": "selected",
}


def _catalog_settings(stream: Mapping[str, Any], around: Around) -> Iterator[tuple[str, Any]]:
    """What of a catalog's stream a stream file says."""
    yield from (
        (ours, stream[key]) for key, ours in (("name", "stream"), ("namespace", "namespace")) if stream.get(key)
    )
    config = around.get("config")
    settings = config if isinstance(config, Mapping) else around
    yield from ((_SAID[folded(key)], value) for key, value in settings.items() if folded(key) in _SAID and value != [])
