"""Kinds of entries: what the registry calls a source, a destination and a connection, and what Terraform calls them."""

from __future__ import annotations

from collections.abc import Mapping

SECTION_OF: Mapping[str, str] = {"source": "sources", "destination": "destinations", "connection": "connections"}
KIND_OF: Mapping[str, str] = {section: kind for kind, section in SECTION_OF.items()}

# What a connection goes from and to.
ACTORS = ("sources", "destinations")

RESOURCE_TYPES: Mapping[str, str] = {section: f"airbyte_{kind}" for section, kind in KIND_OF.items()}
SECTION_OF_TYPE: Mapping[str, str] = {type_: section for section, type_ in RESOURCE_TYPES.items()}


def address_of(path: str) -> str:
    """The Terraform address of an entry: `sources.shop` -> `airbyte_source.shop`."""
    section, _, entry_id = path.partition(".")
    return f"{RESOURCE_TYPES[section]}.{entry_id}"


def entry_of(address: str) -> str:
    """The way back, `airbyte_source.shop` -> `sources.shop`. Raises KeyError for what is no object of Airbyte."""
    type_, _, entry_id = address.partition(".")
    return f"{SECTION_OF_TYPE[type_]}.{entry_id}"


def is_connection(address: str) -> bool:
    """True for the address of a connection."""
    return address.startswith(f"{RESOURCE_TYPES['connections']}.")


def local_name(actor: str) -> str:
    """The local value with the configuration of a source or destination: `sources.shop` -> `source_shop`."""
    section, _, entry_id = actor.partition(".")
    return f"{KIND_OF[section]}_{entry_id}"


def actor_of_local(name: str) -> tuple[str, str] | None:
    """(section, id) of the source or destination whose configuration a local value holds; None for any other."""
    kind, _, entry_id = name.partition("_")
    section = SECTION_OF.get(kind, "")
    return (section, entry_id) if section in ACTORS else None
