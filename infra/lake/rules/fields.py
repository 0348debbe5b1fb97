"""Selected fields of streams.

Source: Airbyte's AirbyteCatalogHelper: a selection is not empty, names top-level fields only, and holds the cursor
(incremental) and the primary key (dedup and update modes).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from infra.lake.catalog.cdc_fields import DELETED_AT
from infra.lake.catalog.configured import ConfiguredStream, FieldPath
from infra.lake.catalog.discovered import DiscoveredStream
from infra.lake.catalog.fields import contradicts, properties_of
from infra.lake.documents import KeyPath, Problem, RuleId, did_you_mean, near_matches
from infra.lake.evolution.renames import similar
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.sync_mode import uses_primary_key
from infra.lake.rules.streams import refusing, synced_streams


def check_fields(model: LakeModel) -> Iterator[Problem]:
    """`selected-field-*`."""
    for stream, offered, destinations in synced_streams(model):
        key = next((key for key in ("fields", "exclude_fields") if key in stream.layers.value), None)
        if key is None:
            continue
        if key == "exclude_fields" and offered is None:
            yield _undiscovered(stream)
        elif not stream.fields:
            message = "no field is selected: Airbyte would sync all of them"
            fix = "name fields, or remove the key to sync all" if key == "fields" else "exclude fewer fields"
            yield stream.layers.problem("selected-field-none", (key,), message, fix)
        elif key == "fields" and "*" in stream.fields and not (offered and "*" in properties_of(offered.json_schema)):
            yield _all_of_them(stream)
        else:
            if offered is not None:
                yield from (_check_known if key == "fields" else _check_excluded)(stream, offered)
            yield from _check_missing(stream, offered, key, keyed=not refusing(stream, destinations))


def advise_delete_markers(model: LakeModel) -> Iterator[Problem]:
    """`selected-field-missing-delete-marker`, a warning, for an incremental stream of a source that reads a log.

    Source: docs of Airbyte, "Change Data Capture": a deletion is a record with the key and `_ab_cdc_deleted_at` only, by
    which destinations that dedup remove the row; airbytehq/airbyte#8830, #63379.
    """
    for stream, offered, _ in synced_streams(model):
        key = next((key for key in ("fields", "exclude_fields") if key in stream.layers.value), None)
        if key is None or offered is None or stream.sync_mode != "incremental":
            continue
        if DELETED_AT in properties_of(offered.json_schema) and DELETED_AT not in (stream.fields or ()):
            message = f'"{DELETED_AT}" is not among the selected fields: rows that the source deletes stay, or look like empty ones'
            yield stream.layers.problem(
                "selected-field-missing-delete-marker",
                (key,),
                message,
                _add(DELETED_AT, key),
                key=True,
                severity="warning",
            )


def _undiscovered(stream: ConfiguredStream) -> Problem:
    message = "nothing is committed as discovered of this stream: what is left without these fields cannot be known"
    fix = "run lakeform discover, or name the fields that are synced: fields"
    return stream.layers.problem("selected-field-unknown", ("exclude_fields",), message, fix, key=True)


def _all_of_them(stream: ConfiguredStream) -> Problem:
    at = (
        "fields",
        "*" if isinstance(stream.layers.value["fields"], dict) else stream.layers.value["fields"].index("*"),
    )
    message, fix = "fields are named one by one: * is none", "remove fields: without it, every field is synced"
    return stream.layers.problem("selected-field-unknown", at, message, fix, key=True)


def _check_excluded(stream: ConfiguredStream, offered: DiscoveredStream) -> Iterator[Problem]:
    known = properties_of(offered.json_schema)
    for index, name in enumerate(stream.layers.value["exclude_fields"]):
        if name not in known:
            problem = _unknown(stream, name, known, ("exclude_fields", index))
            near = near_matches(name, known) or problem.rule == "selected-field-nested"
            yield problem if near else replace(problem, fix=_left_out(stream, name, known))


def _left_out(stream: ConfiguredStream, name: str, known: Iterable[str]) -> str:
    """What to write instead of an excluded field that is gone; under another name it would be synced."""
    others = [one for one in sorted(known) if one in (stream.fields or ()) and similar(name, one)]
    now = " or ".join(f'"{one}"' for one in others[:2])
    return f'{f"if it is {now} now, write that; else " if now else ""}remove "{name}" from exclude_fields'


def _check_known(stream: ConfiguredStream, offered: DiscoveredStream) -> Iterator[Problem]:
    known = properties_of(offered.json_schema)
    written = stream.layers.value["fields"]
    if isinstance(written, dict) and written.items() <= known.items():
        return
    for index, name in enumerate(written):
        at: KeyPath = ("fields", name) if isinstance(written, dict) else ("fields", index)
        if name not in known:
            yield _unknown(stream, name, known, at)
        elif isinstance(written, dict) and contradicts(written[name], known[name]):
            message = (
                f'the source says "{name}" is {_type(known[name])}, and the stream file says {_type(written[name])}'
            )
            yield stream.layers.problem("selected-field-type", at, message, "write the source's type, or {}")


def _unknown(stream: ConfiguredStream, name: str, known: object, at: KeyPath) -> Problem:
    names = list(known) if isinstance(known, dict) else []
    top = name.partition(".")[0]
    if "." in name and top in names:
        verb = "selected" if at[0] == "fields" else "excluded"
        message = f'"{name}" is inside a field; only whole top-level fields can be {verb}'
        fix = (
            f'select "{top}"'
            if at[0] == "fields"
            else f'exclude "{top}", or leave it out with a field-filtering mapper'
        )
        return stream.layers.problem("selected-field-nested", at, message, fix, key=True)
    fix = did_you_mean(name, names, "fields")
    return stream.layers.problem("selected-field-unknown", at, f'the stream has no field "{name}"', fix, key=True)


def _check_missing(
    stream: ConfiguredStream, offered: DiscoveredStream | None, key: str, *, keyed: bool
) -> Iterator[Problem]:
    """Fields that the stream does not have are another rule's problem, and so is a mode that is not offered."""
    known = properties_of(offered.json_schema) if offered else None
    if stream.sync_mode == "incremental":
        for name in _absent(stream, [stream.cursor_field], known):
            yield _missing(stream, "selected-field-missing-cursor", "cursor", name, key)
    if keyed and uses_primary_key(stream.destination_sync_mode):
        for name in _absent(stream, stream.primary_key, known):
            yield _missing(stream, "selected-field-missing-primary-key", "primary key", name, key)


def _absent(stream: ConfiguredStream, paths: Iterable[FieldPath], known: Mapping[str, object] | None) -> list[str]:
    names = {path[0] for path in paths if path} - set(stream.fields or ())
    return sorted(name for name in names if known is None or name in known)


def _missing(stream: ConfiguredStream, rule: RuleId, what: str, name: str, key: str) -> Problem:
    message = f'the {what} "{name}" is not among the selected fields'
    return stream.layers.problem(rule, (key,), message, _add(name, key), key=True, quoted=(name,))


def _add(name: str, key: str) -> str:
    return f'add "{name}" to fields' if key == "fields" else f'remove "{name}" from exclude_fields'


def _type(schema: object) -> str:
    kinds = schema.get("type") if isinstance(schema, dict) else None
    text = " or ".join(str(kind) for kind in kinds) if isinstance(kinds, list) else str(kinds or "untyped")
    form = schema.get("format") if isinstance(schema, dict) else None
    return f"{text} ({form})" if form else text
