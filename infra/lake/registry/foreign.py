"""Keys of other tools in an entry: Terraform's, octavia's and the API's names, and what people guess; what to write instead.

Source: airbytehq/terraform-provider-airbyte, docs/resources/{connection,source_postgres}.md; octavia's configuration.yaml;
the API's ConnectionCreateRequest and SourceCreateRequest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from infra.lake.documents.parse import Foreign, folded
from infra.lake.documents.yaml_text import flow
from infra.lake.registry.schedule_words import all_times, meant_by

Around = Mapping[str, Any]

SCHEMA_CHANGES = ("ignore", "disable_connection", "propagate_columns", "propagate_fully")


def _values(around: Around, *keys: str) -> list[Any]:
    """What stands under some of the keys, in whatever case."""
    return [value for key, value in around.items() if folded(key) in keys]


def _status(around: Around) -> str:
    on = _values(around, "enabled", "active", "isactive", "syncenabled")
    off = _values(around, "disabled", "paused")
    said = {value if isinstance(value, bool) else None for value in on} | {not value for value in off}
    known: dict[Any, str] = {True: "active", False: "inactive"}
    return f"write status: {known[said.pop()] if len(said) == 1 and None not in said else 'active or inactive'}"


def namespace_of(definition: Any, form: Any) -> str:
    """The namespace to write for the API's two words."""
    if definition in ("source", "destination"):
        return f"write namespace: {definition}"
    return (
        f"write namespace: {{format: {flow(form)}}}"
        if form
        else "write namespace: source, destination or {format: ...}"
    )


def _namespace(around: Around) -> str:
    definitions, forms = _values(around, "namespacedefinition"), _values(around, "namespaceformat")
    return namespace_of(next(iter(definitions), None), next(iter(forms), None))


_SCHEDULES = (
    *("scheduletype", "scheduledata", "cronexpression", "basictiming", "basicschedule", "cronschedule", "cron"),
    *("crontab", "every", "at", "interval", "frequency"),
)


_FORMS = '{every: 6h}, {cron: "0 0 * * * ?"} or manual'


def _schedule(around: Around) -> str:
    said = {key: value for key, value in around.items() if folded(key) in _SCHEDULES}
    plain = {key: value for key, value in said.items() if key in ("every", "at")}
    every = "{" + ", ".join(f"{key}: {value}" for key, value in plain.items()) + "}"
    meant = every if "every" in plain else meant_by(said)
    both = [around.get("schedule"), said]
    return f"write schedule: {all_times(both) or meant or _FORMS}"


def _schema_changes(around: Around) -> str:
    (value, *_) = _values(around, "nonbreakingschemaupdatesbehavior", "nonbreakingchangespreference")
    meant = "disable_connection" if value == "disable" else value
    return f"write schema_changes: {meant if meant in SCHEMA_CHANGES else ', '.join(SCHEMA_CHANGES)}"


def _streams(around: Around) -> str:
    (value, *_) = _values(around, "configurations", "synccatalog", "catalog")
    inside = value.get("streams") if isinstance(value, Mapping) else None
    names = [name for stream in inside or () if (name := stream_name(stream))]
    return f"write streams: {flow(names or ['...'])}, and what is asked of each in dag/streams/<source>/<stream>.json"


def stream_name(stream: Any) -> str | None:
    """The name of a stream in a catalog or in Terraform's list of them; None where there is none."""
    for inner in (stream, stream.get("stream") if isinstance(stream, Mapping) else None):
        if isinstance(inner, Mapping) and isinstance(inner.get("name"), str):
            return str(inner["name"])
    return None


def _reference(kind: str, around: Around) -> str:
    value = next(iter(_values(around, f"{kind}id", f"{kind}name")), None)
    name = entry_id(value)
    return f"write {kind}: {name}" if name else f"write {kind}: its id in the registry"


def entry_id(text: Any) -> str | None:
    """The id of an entry in what other tools write for it: `sources.shop`, `airbyte_source.shop.source_id`."""
    found = re.fullmatch(
        r"(?:\$\{)?(?:sources|destinations|connections|airbyte_[a-z0-9_]+)\.([a-z][a-z0-9_]*)(?:\.\w+)?\}?|([a-z][a-z0-9_]*)",
        text if isinstance(text, str) else "",
    )
    return (found[1] or found[2]) if found else None


def _adopt(around: Around) -> str:
    value = next(iter(_values(around, "import", "importid", "id", "connectionid", "sourceid", "destinationid")), None)
    return f"write adopt: {value}" if isinstance(value, str) else "write adopt: the id of the object in Airbyte"


def _stack(around: Around) -> str:
    value = next(iter(_values(around, "stacks", "environment", "environments", "env")), None)
    return f"write stack: {flow(value)}" if isinstance(value, (str, list)) else "write stack: the id of a stack"


def _said(text: str) -> Any:
    return lambda _around: text


def connector_name(kind: str, text: Any) -> str | None:
    """The name of a connector in what other tools write for it: an image, a tag, a title; None for none."""
    if not isinstance(text, str):
        return None
    words = re.sub("[^a-z0-9]+", "-", text.lower().rpartition("/")[2].partition(":")[0]).strip("-")
    if not words or re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", words):
        return None
    other = {"source": "destination-", "destination": "source-"}[kind]
    return None if words.startswith(other) else f"{kind}-{words.removeprefix(f'{kind}-')}"


def _connector(kind: str, around: Around) -> str:
    name = connector_name(kind, next(iter(_values(around, *_CONNECTOR)), None))
    return f"write connector: {name or f'{kind}-x'}"


_CONNECTOR = (
    "type",
    "kind",
    "image",
    "dockerimage",
    "dockerrepository",
    "sourcetype",
    "destinationtype",
    "connectortype",
)
_CONFIGURATION = ("config", "conf", "spec", "settings", "options", "params", "connectionconfiguration")
_NO_SWITCH = "a source or destination has no switch: write status: inactive in its connections"
_VERSION = "remove it: the lock has the version, and lakeform lock --upgrade takes another"


def _all(keys: tuple[str, ...], foreign: Foreign) -> dict[str, Foreign]:
    return dict.fromkeys(keys, foreign)


ENTRY: dict[str, Foreign] = {
    **_all(("import", "importid", "id"), Foreign("adopt", _adopt)),
    **_all(("stacks", "environment", "environments", "env"), Foreign("stack", _stack)),
    **_all(("lifecycle", "preventdestroy"), Foreign("protect", _said("write protect: true"))),
    "dependson": Foreign("", _said("remove it: what an entry names comes before it")),
    "workspaceid": Foreign("", _said("remove it: the stack says which workspace")),
}

CONNECTION: dict[str, Foreign] = {
    **ENTRY,
    **_all(("enabled", "active", "isactive", "syncenabled", "disabled", "paused"), Foreign("status", _status)),
    **_all(("namespacedefinition", "namespaceformat"), Foreign("namespace", _namespace)),
    **_all(_SCHEDULES, Foreign("schedule", _schedule)),
    **_all(
        ("nonbreakingschemaupdatesbehavior", "nonbreakingchangespreference"), Foreign("schema_changes", _schema_changes)
    ),
    **_all(("configurations", "synccatalog", "catalog"), Foreign("streams", _streams)),
    **_all(("sourceid", "sourcename"), Foreign("source", partial(_reference, "source"))),
    **_all(("destinationid", "destinationname"), Foreign("destination", partial(_reference, "destination"))),
    "connectionid": ENTRY["id"],
    "resourcerequirements": Foreign(
        "", _said("the Terraform provider has none for a connection; write resource_allocation in its source")
    ),
}


def actor_keys(kind: str) -> dict[str, Foreign]:
    """The keys of other tools in a source or destination."""
    return {
        **ENTRY,
        f"{kind}id": ENTRY["id"],
        **_all(_CONNECTOR, Foreign("connector", partial(_connector, kind))),
        **_all(_CONFIGURATION, Foreign("configuration", _said("write configuration: ..."))),
        **_all(("status", "enabled", "disabled", "paused"), Foreign("", _said(_NO_SWITCH))),
        **_all(("version", "tag", "dockerimagetag"), Foreign("", _said(_VERSION))),
        f"{kind}definitionid": Foreign("definition_id", partial(_definition, kind)),
        "resourcerequirements": Foreign(
            "resource_allocation", _said("write resource_allocation: {default: {cpu_limit: ..., memory_limit: ...}}")
        ),
    }


def _definition(kind: str, around: Around) -> str:
    (value, *_) = _values(around, f"{kind}definitionid")
    return (
        f"write definition_id: {value}, for a custom connector alone"
        if isinstance(value, str)
        else "write definition_id"
    )
