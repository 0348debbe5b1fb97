"""Texts that another tool would read as something else: its variables, and its words for true, false and null."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from infra.lake.connectors.fit import Fit, fit
from infra.lake.connectors.spec import Spec, branches_of, flat
from infra.lake.connectors.unknown import Unknown
from infra.lake.connectors.walk import Option, find_option, options_in
from infra.lake.documents import KeyPath, Layers, Location, Problem, RuleId
from infra.lake.documents.files import UnreadableError, read_text
from infra.lake.documents.lines import lines_of
from infra.lake.files.layout import PATH_VARIABLES
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.values.foreign_text import ForeignVariable, foreign_variable

_RULE: RuleId = "text-variable"
_TRUTH = {"true": "true", "false": "false"}
_NULL = frozenset({"none", "null"})


def check_foreign_variables(model: LakeModel) -> Iterator[Problem]:
    """`text-variable` for a variable of another tool in a configuration or in the settings of a stack, and `config-invalid`, or
    `wrong-type` outside of configurations, for its `True`, `False`, `None` and `Null` where nothing says that text is meant.
    """
    for draft in model.drafts.entries.values():
        yield from _check_texts(model.root, draft)
        value = draft.layers.value.get("configuration")
        if draft.section != "connections" and isinstance(value, dict):
            lock = model.locks.get(draft.text("connector") or "")
            for option in options_in(value, lock.spec if lock else None):
                yield from _check_option(model.root, draft, option, lock.spec if lock else None)
    if model.declared.lake is not None:
        yield from _check_stacks(Layers.single(model.declared.lake))


def is_foreign(value: object) -> bool:
    """True for text with a variable that nobody fills in; those of a destination's path formats are filled in."""
    found = foreign_variable(value)
    return found is not None and found.name.upper() not in _FILLED_IN


_FILLED_IN = frozenset({*PATH_VARIABLES, "SOURCE_NAMESPACE"})


def _check_option(root: Path, draft: Draft, option: Option, spec: Spec | None) -> Iterator[Problem]:
    path = ("configuration", *option.path)
    found = foreign_variable(option.value)
    if found is not None and is_foreign(option.value):
        name = f"{{{'secret' if option.secret else 'var'}: {found.name}}}"
        fix = _of_several(option, name) or f"write {name}" + ("" if found.whole else " for the whole text")
        told = _problem(draft.layers, path, found, fix + (_ADD if option.secret else ""))
        yield replace(told, severity="warning") if _may_stand(option) else told
    elif _is_word(option) and _is_known(draft, spec, option) and not _is_quoted(root, draft.layers.locate(path)):
        yield draft.layers.problem("config-invalid", path, *_word(option))


def _of_several(option: Option, name: str) -> str:
    """What to write where a list or an object belongs, as a variable gives text, a number, true or false; empty elsewhere."""
    if option.secret or option.spec is None or fit(option.spec, Unknown(secret=False)) is not Fit.NO:
        return ""
    if option.spec.get("type") == "array":
        return f"write a list, [{name}]: a variable gives one item of it"
    return "write it out, with references inside: a variable gives text, a number, true or false"


_TEXTS = ("name", "prefix", "namespace.format")


def _check_texts(root: Path, draft: Draft) -> Iterator[Problem]:
    """The words of YAML 1.1 in names and prefixes, which would stand before the name of every table."""
    for path in (tuple(key.split(".")) for key in _TEXTS):
        value: Any = draft.layers.value
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        option = Option(path, value, {"type": "string"}, secret=False)
        if _is_word(option) and not _is_quoted(root, draft.layers.locate(path)):
            yield draft.layers.problem("wrong-type", path, *_word(option))


def _may_stand(option: Option) -> bool:
    """True where the text as it is would be taken: some connectors have templates of their own, which no spec tells."""
    return not option.secret and fit(option.spec or {}, option.value) is not Fit.NO


def _word(option: Option) -> tuple[str, str]:
    """(message, fix) of a word that is text here."""
    word = str(option.value)
    meant = _TRUTH.get(word.lower()) or "null"
    instead = (
        "remove the line, or" if meant == "null" else "" if "type" in (option.spec or {}) else f"write {meant}, or"
    )
    return (
        f"{word} is text here: it is {meant} in small letters alone",
        f'{instead} write "{word}" if text is meant'.strip(),
    )


def _is_known(draft: Draft, spec: Spec | None, option: Option) -> bool:
    """False for an option that the spec does not have where it has others: that is another problem."""
    names = [str(part) for part in option.path]
    if spec is None or option.spec is not None or ".".join(names) in (draft.layers.value.get("undeclared") or ()):
        return True
    _, around = find_option(draft.layers.value["configuration"], spec, names[:-1])
    return not flat(around or {}).get("properties") and not branches_of(around or {})


_ADD = " and add the value to the stack's secrets"


def _problem(layers: Layers, path: KeyPath, found: ForeignVariable, fix: str) -> Problem:
    message = f"nobody fills in {found.written} here: it would be used as it stands"
    return layers.problem(_RULE, path, message, fix, quoted=(found.written,))


def _is_word(option: Option) -> bool:
    """True for a word of YAML 1.1 or Python that no spec has among its choices, where text may stand."""
    word = option.value
    if not isinstance(word, str) or word.lower() not in _TRUTH.keys() | _NULL or word == word.lower():
        return False
    spec = option.spec or {}
    kinds = spec.get("type", "string")
    return not spec.keys() & {"enum", "const", "pattern"} and "string" in ([kinds] if isinstance(kinds, str) else kinds)


def _is_quoted(root: Path, place: Location) -> bool:
    """True if a quote begins there, and for a file that can no longer be read."""
    try:
        line = lines_of(read_text(str(root / place.file)))[place.line - 1]
    except (UnreadableError, IndexError):
        return True
    return line[place.column - 1 : place.column] in ("'", '"', "|", ">", "!", "*")


def _check_stacks(lake: Layers) -> Iterator[Problem]:
    stacks = lake.value.get("stacks")
    for stack, settings in stacks.items() if isinstance(stacks, dict) else ():
        for key in ("auth", "backend"):
            value = settings.get(key) if isinstance(settings, dict) else None
            for option in options_in(value) if isinstance(value, dict) else ():
                if found := foreign_variable(option.value):
                    yield from _check_setting(lake, ("stacks", stack, key, *option.path), found)


# Of these, the model of the lake tells it.
_SECRETS = ("client_secret", "password", "bearer_token")


def _check_setting(lake: Layers, path: KeyPath, found: ForeignVariable) -> Iterator[Problem]:
    if path[2] == "backend":
        yield _problem(lake, path, found, "write it out: Terraform allows no variables in a backend")
    elif path[-1] not in _SECRETS:
        yield _problem(
            lake, path, found, f"write {{var: {found.name}}}" + ("" if found.whole else " for the whole text")
        )
