"""Texts that the platform or a destination fills in: a variable that means nothing there would be written as it stands.

Source: airbytehq/airbyte-platform, `NamespacingMapper` (`formatNamespace` replaces exactly `${SOURCE_NAMESPACE}`, and
`transformStreamName` puts the prefix before the name as it is); airbytehq/airbyte, destination-kafka,
`KafkaRecordConsumer.buildTopicMap` (`{namespace}` and `{stream}`). How files are named is `files.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from infra.lake.documents import Problem, near_matches, question
from infra.lake.files.layout import NAME_OPTION, NAME_VARIABLES, PATH_OPTIONS, PATH_VARIABLES
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.connection_words import SOURCE_NAMESPACE, NamespaceFormat
from infra.lake.registry.entries import Connection, Destination
from infra.lake.registry.entry import Entry

# `${X}`, `{X}` and `$X` in the manner of a shell; `%{` is Terraform's and no variable of Airbyte's.
_VARIABLE = re.compile(r"\$?(?<!%)\{\s*(?P<name>[A-Za-z][\w:.-]*)\s*\}|\$(?P<bare>[A-Z][A-Z_]+)")
_BY_TEXT = {"name": (SOURCE_NAMESPACE,), "topic": ("{namespace}", "{stream}")}
_TOPIC = ("destination-kafka", "topic_pattern")


def check_text_variables(model: LakeModel) -> Iterator[Problem]:
    """`text-variable`, for the namespace and the prefix of every connection, and the topics of Kafka."""
    for stack in model.stacks.values():
        for connection in stack.connections.values():
            yield from _check_namespace(connection)
            yield from _check_prefix(connection)
        for destination in stack.destinations.values():
            yield from _check_topic(destination)


def _check_namespace(connection: Entry[Connection]) -> Iterator[Problem]:
    namespace = connection.settings.namespace
    if isinstance(namespace, NamespaceFormat):
        for written, name in _unknown(namespace.format, _BY_TEXT["name"]):
            message = f"Airbyte does not know {written} in a namespace, and would write it as it stands"
            fix = _elsewhere(name, f"a namespace has {SOURCE_NAMESPACE} alone") or _near(name, _BY_TEXT["name"])
            yield connection.layers.problem("text-variable", ("namespace", "format"), message, fix)


def _check_prefix(connection: Entry[Connection]) -> Iterator[Problem]:
    for written, _ in _unknown(connection.settings.prefix, ()):
        message = f"a prefix has no variables: {written} would be written as it stands"
        fix = f"write the text itself; {SOURCE_NAMESPACE} is for namespace: {{format: ...}}"
        yield connection.layers.problem("text-variable", ("prefix",), message, fix)


def _check_topic(destination: Entry[Destination]) -> Iterator[Problem]:
    connector, option = _TOPIC
    text = (destination.settings.configuration or {}).get(option)
    if destination.settings.connector != connector or not isinstance(text, str):
        return
    for written, name in _unknown(text, _BY_TEXT["topic"]):
        message = f"the destination does not know {written}, and would write it into the topic's name"
        fix = _near(name, _BY_TEXT["topic"])
        yield destination.layers.problem("text-variable", ("configuration", option), message, fix)


def _unknown(text: str, known: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(what is written, its name) of each variable that is none there, once."""
    found = {match[0]: match["name"] or match["bare"] for match in _VARIABLE.finditer(text)}
    yield from ((written, name) for written, name in found.items() if written not in known)


def _elsewhere(name: str, here: str) -> str | None:
    """Where a variable that a destination's files have belongs; None for one that is nowhere."""
    if name in PATH_VARIABLES:
        return f"${{{name}}} is for {PATH_OPTIONS[1]} of a destination; {here}"
    if name in NAME_VARIABLES:
        return f"{{{name}}} is for {NAME_OPTION} of a destination; {here}"
    return None


def _near(name: str, known: tuple[str, ...]) -> str:
    plain = {re.sub("[${}]", "", one): one for one in known}
    folded = {one.casefold(): written for one, written in plain.items()}
    near = [folded[one] for one in near_matches(name.casefold(), folded)]
    return question(near) or f"variables: {', '.join(known)}"
