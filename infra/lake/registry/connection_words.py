"""What a connection may say of its namespace and its streams, and what other tools' words for it, and for states, mean here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from infra.lake.documents import Strict, near_matches, question, refuse
from infra.lake.documents.parse import folded
from infra.lake.documents.types import Items
from infra.lake.documents.yaml_text import flow
from infra.lake.registry.foreign import stream_name
from infra.lake.registry.stream_words import modes_meant

# The one variable of a format.
SOURCE_NAMESPACE = "${SOURCE_NAMESPACE}"


class NamespaceFormat(Strict):
    """A namespace of your own choosing."""

    format: str = Field(min_length=1, description="namespace in the destination, e.g. shopify or ${SOURCE_NAMESPACE}")


def _namespace_kind(value: Any) -> str:
    return "@format" if isinstance(value, (dict, NamespaceFormat)) else "@definition"


def _known_namespace(value: Any) -> Any:
    if isinstance(value, str) and value not in ("source", "destination"):
        raise refuse("wrong-type", _NAMESPACES, _namespace_meant(value))
    if isinstance(value, dict) and "format" not in value and len(value) == 1:
        ((key, text),) = value.items()
        if isinstance(text, str) and not near_matches(key, ("format",)):
            raise refuse("unknown-key", f'unknown key "{key}"', f"write {{format: {flow(text)}}}", at=(key,))
    if value is None or isinstance(value, (list, bool, int, float)):
        raise refuse("wrong-type", _NAMESPACES, "for example {format: shop}")
    return value


_NAMESPACES = 'must be "source", "destination" or {format: ...}'


def _namespace_meant(text: str) -> str:
    if folded(text) == "customformat":
        return "write {format: ...} with the namespace itself, for example {format: shop}"
    if text == SOURCE_NAMESPACE:
        return "write source"
    close = near_matches(text, ("source", "destination"))[:1]
    return question(close) if close else f"write {{format: {flow(text)}}}"


Namespace = Annotated[
    Annotated[Literal["source", "destination"], Tag("@definition")] | Annotated[NamespaceFormat, Tag("@format")],
    Discriminator(_namespace_kind),
    BeforeValidator(_known_namespace),
]


def _streams_kind(value: Any) -> str:
    return "@settings" if isinstance(value, dict) else "@names"


_EVERY: tuple[list[str], ...] = ([], ["all"], ["every"])


def _list_of_names(value: Any) -> Any:
    what = "must be a list of stream files, or a mapping with settings"
    if isinstance(value, str):
        named = [name.strip() for name in value.split(",") if name.strip()]
        raise refuse("wrong-type", what, f"write {flow(['*'] if named in _EVERY else named)}")
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        names = [item if isinstance(item, str) else stream_name(item) for item in value]
        fix = f"write {flow(names)}, and what is asked of each in its file" if all(names) else "write names alone"
        raise refuse("wrong-type", what, fix)
    if isinstance(value, dict):
        _refuse_modes(value)
    return value


def _refuse_modes(streams: dict[str, Any]) -> None:
    """Refuses in one message the modes of streams where their settings belong."""
    first = next((name for name, word in streams.items() if isinstance(word, str)), None)
    if first is None:
        return
    word = streams[first]
    pair = modes_meant(word)
    said = {"sync_mode": pair[0], "destination_sync_mode": pair[1]} if pair else {"sync_mode": word}
    fix = (
        f"write {first}: {flow(said)}"
        if pair or word in ("incremental", "full_refresh")
        else "write {} for no settings"
    )
    raise refuse("wrong-type", "must be a mapping, not text", fix, at=(first,))


def in_our_words(key: str, words: Mapping[Any, str]) -> BeforeValidator:
    """Refuses a value of another tool with ours; `words`: theirs, folded -> ours."""
    choices = [f'"{ours}"' for ours in dict.fromkeys(words.values())]
    message = f"must be {', '.join(choices[:-1])} or {choices[-1]}"

    def check(value: Any) -> Any:
        word = folded(value) if isinstance(value, str) else value
        meant = words.get(_TRUTH.get(word, word)) if isinstance(word, (str, int)) else None
        if meant is not None and meant != value:
            raise refuse("wrong-type", message, f"write {key}: {meant}")
        return value

    return BeforeValidator(check)


# Words of YAML 1.1 and Python, which are text here; 0 and 1 are keys as false and true are.
_TRUTH: Mapping[Any, bool] = {"true": True, "yes": True, "false": False, "no": False}

STATUS: Mapping[Any, str] = {
    **dict.fromkeys((True, "enabled", "on", "running"), "active"),
    **dict.fromkeys((False, "disabled", "paused", "off", "deprecated", "stopped"), "inactive"),
}
SCHEMA_WORDS: Mapping[Any, str] = {
    **dict.fromkeys(("disable", "pause", "pauseconnection"), "disable_connection"),
    **dict.fromkeys((False, "none", "manual"), "ignore"),
    **dict.fromkeys(("propagatecolumnchanges", "columns", "propagatefield"), "propagate_columns"),
    **dict.fromkeys(("propagateall", "propagateallchanges", "all", "fully"), "propagate_fully"),
}


Streams = Annotated[
    Annotated[Items[str], Tag("@names")] | Annotated[dict[str, dict[str, Any]], Tag("@settings")],
    Discriminator(_streams_kind),
    BeforeValidator(_list_of_names),
]
