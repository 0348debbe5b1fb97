"""Passwords, keys and tokens inside of texts: where no spec says that a secret stands, but anybody can see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.base.credentials import IF_SEEN, credential_in, hidden
from infra.lake.documents import Document, KeyPath, Layers, Problem, Written
from infra.lake.model.lake_model import LakeModel
from infra.lake.rules.backends import is_backend


def check_credentials(model: LakeModel) -> Iterator[Problem]:
    """`secret-in-clear` for every text of the registry and of stream files that holds a credential, used or not."""
    for document in _documents(model).values():
        for path, text, of_key in _texts(document.value, ()):
            found = credential_in(text)
            if found is not None and not is_backend(path):
                yield _problem(document, path, found, of_key=of_key)


def _documents(model: LakeModel) -> dict[str, Document]:
    """Every file that people write and that could be read, by name."""
    declared = model.declared
    written = [*(entry for entries in declared.entries.values() for entry in entries.values())]
    written += [*declared.retired, *declared.renamed, *([declared.lake] if declared.lake else [])]
    streams = [stream for folder in model.sources.values() for stream in folder.streams.values()]
    written += [piece for stream in streams for piece in stream.layers.pieces]
    return {piece.document.file: piece.document for piece in written}


def _texts(value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, str, bool]]:
    """(path, text, is it a key) of every text below a value."""
    if isinstance(value, str):
        yield path, value, False
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield (*path, key), key, True
            yield from _texts(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _texts(inner, (*path, index))


def _problem(document: Document, path: KeyPath, found: str, *, of_key: bool) -> Problem:
    written = Layers.single(Written(document, (), document.value))
    fix = f"remove it; {IF_SEEN}" if of_key else _fix(path)
    return written.problem("secret-in-clear", path, f"{hidden(found)} is in plain text here", fix, key=of_key)


def _fix(path: KeyPath) -> str:
    """What to write in the place of the text, which holds as a whole what may not be seen."""
    if "configuration" in path:
        entry = path[1] if len(path) > 1 else ""
        name = "_".join(str(part) for part in (entry, *path[path.index("configuration") + 1 :])).lower()
        return f"write {{secret: {name}}} for the whole text and add it to the stack's secrets; {IF_SEEN}"
    if path[:2] == ("lake", "landings"):
        return f"write {{secret: NAME}} for the whole text and set TF_VAR_NAME where the landing is fed; {IF_SEEN}"
    if path[:1] == ("lake",) and path[-1] == "default":
        return f"remove the default, use the variable as {{secret: ...}}, and add the value to the stack's secrets; {IF_SEEN}"
    if "values" in path:
        return f"use the variable as {{secret: ...}} and put the value into a Secret: flux.secrets; {IF_SEEN}"
    if path[-1] in ("server_url", "token_url"):
        return f"write the address without it, and auth: {{username: ..., password: {{secret: NAME}}}}; {IF_SEEN}"
    return f"remove it; {IF_SEEN}"
