"""The SQL of a flow's models, as a template of dbt."""

from __future__ import annotations

from collections.abc import Iterator

from infra.lake.catalog.cdc_fields import DELETED_AT
from infra.lake.models.template_text import plain_in_template
from infra.landing.flows.flow import OWN, Flow
from infra.landing.flows.names import sql_name
from infra.landing.types.column_type import JSON
from infra.landing.types.schema_types import airbyte_columns

_CONFIG = {
    "merged": "materialized='incremental', incremental_strategy='lake_merge'",
    "kept": "materialized='incremental', incremental_strategy='lake_merge'",
    "latest": "materialized='lake_view'",
    "read": "materialized='table'",
}
_ABOUT = {
    "merged": "The newest row of each key of the stream {stream}. A key that is deleted stays, with _lake_deleted.",
    "kept": "Every row of the stream {stream}, which has no key. A row that is replaced stays, with _lake_deleted.",
    "latest": "The rows that the latest sync of the stream {stream} has brought so far.",
    "read": "The rows of the stream {stream}, read where its files are.",
}


def model_text(flow: Flow) -> str:
    """The model of a stream."""
    lines = [
        f"-- {plain_in_template(_ABOUT[flow.shape].format(stream=' '.join(flow.feed.stream.name.split())))}",
        *_config(flow),
        "",
        "with landed as (",
        f"    select * from {_source(flow)}",
        *_choice(flow),
        "),",
        "",
        "typed as (",
        "    select",
        plain_in_template(",\n".join(f"        {text}" for text in _columns(flow))),
        "    from landed",
        ")",
        "",
        "select * from typed",
        *_newest(flow),
    ]
    return "\n".join(lines) + "\n"


def living_text(flow: Flow) -> str:
    """The view of what was not deleted."""
    return (
        f"-- What is there: the rows of {flow.name} that were not deleted.\n"
        "{{ config(materialized='lake_view') }}\n\n"
        f"select * exclude (_lake_deleted) from {{{{ ref('{flow.name}') }}}}\nwhere not _lake_deleted\n"
    )


def fact_text(flow: Flow) -> str:
    """A model to begin with, of what people ask for."""
    listed = plain_in_template(",\n".join(f"    {sql_name(column.name)}" for column in flow.columns)) or "    *"
    return f"select\n{listed}\nfrom {{{{ ref('{flow.living}') }}}}\n"


def _source(flow: Flow) -> str:
    return f"{{{{ source('landing', '{flow.feed.table.dbt_name}') }}}}"


def _config(flow: Flow) -> list[str]:
    config = _CONFIG[flow.shape]
    if not flow.merges:
        return [f"{{{{ config({config}) }}}}"]
    return [
        "{{ config(",
        f"    {config},",
        f"    unique_key={list(flow.key)},",
        f"    meta={{'newest_by': {list(flow.newest_by)}}}",
        ") }}",
    ]


def _choice(flow: Flow) -> list[str]:
    if flow.shape == "latest":
        return [f"    where {_sync_id(flow)} = (select max({_sync_id(flow)}) from {_source(flow)})"]
    if not flow.merges:
        return []
    unseen = f"{{{{ lake_unseen({_source(flow).strip('{} ')}) }}}}"
    return ["    {% if is_incremental() %}", f"    where {unseen}", "    {% endif %}"]


def _sync_id(flow: Flow) -> str:
    if airbyte_columns(flow.target.file_format)["_airbyte_meta"] == JSON:
        return "cast(_airbyte_meta ->> '$.sync_id' as bigint)"
    return "_airbyte_meta['sync_id']"


def _columns(flow: Flow) -> Iterator[str]:
    yield from (column.text for column in flow.columns) if flow.columns else ("*",)
    if flow.columns:
        yield from OWN[:1] if flow.shape == "read" else OWN
    if flow.merges:
        deleted = any(column.name == DELETED_AT for column in flow.columns)
        yield f"{DELETED_AT} is not null as _lake_deleted" if deleted else "false as _lake_deleted"


def _newest(flow: Flow) -> list[str]:
    own = ("_lake_file", "_lake_row", "_lake_batch")
    order = [name for name in flow.newest_by if flow.shape != "read" or name not in own]
    if not flow.key or flow.shape not in ("merged", "read") or not order:
        return []
    ranked = ",\n".join(f"        {sql_name(name)} desc nulls last" for name in order)
    listed = ", ".join(map(sql_name, flow.key))
    lines = ["qualify row_number() over (", f"    partition by {listed}", "    order by", ranked, ") = 1"]
    return list(map(plain_in_template, lines))
