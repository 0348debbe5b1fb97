"""Renaming: what gives an entry another id, or a stream file another name, everywhere, with the line that says so."""

from __future__ import annotations

from collections.abc import Iterator

from infra.base.errors import UserError
from infra.lake.catalog.discovered import FOLDER as DISCOVERED
from infra.lake.catalog.streams import FOLDER as STREAMS
from infra.lake.catalog.streams import SourceStreams
from infra.lake.documents.files import text_of
from infra.lake.documents.operation import Operation
from infra.lake.documents.read import list_files
from infra.lake.documents.yaml_text import flow
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import Draft
from infra.lake.registry.entries import title_of
from infra.scaffold.history_lines import renamed_line, renamed_to
from infra.scaffold.mentions import of_entry, of_stream
from infra.scaffold.registered import refuse_taken


def rename_entry(model: LakeModel, section: str, old: str, new: str) -> list[Operation]:
    """What gives an entry another id: where it is declared, where others name it, and the folders of a source.

    Raises UserError if the new id is none, or taken.
    """
    before, after = f"{section}.{old}", f"{section}.{new}"
    refuse_taken(model, section, new, since=renamed_to(model, before))
    declared = model.declared.entries[section][old]
    value = f"{section}.{new}" if section == "connections" else new
    mentions = [Operation(file, path, value) for file, path in of_entry(model, section, old)]
    folders = _folders(model, old, new) if section == "sources" else ()
    # The key is renamed last: until then it is where the other paths say.
    own = Operation(declared.document.file, declared.path, name=new)
    return [*mentions, own, *folders, *renamed_line(model, before, after)]


def names_that_change(model: LakeModel, section: str, old: str, new: str) -> Iterator[str]:
    """What else a new id changes in Airbyte, one line each, with what keeps it as it is."""
    drafts = [draft for draft in model.drafts.entries.values() if (draft.section, draft.id) == (section, old)]
    if section != "connections" and any(draft.text("name") is None for draft in drafts):
        before, after = title_of(old), title_of(new)
        yield f'its name in Airbyte becomes "{after}"; to keep it, add to the entry: name: {before}'
    if any(_has_period(draft) for draft in drafts):
        yield "the minute at which it starts comes from its id, and changes; lakeform review tells the at: that keeps it"


def earlier_name(model: LakeModel, section: str, old: str, new: str) -> Iterator[str]:
    """What to do where the id that an earlier line gave was applied already, and is the one that Terraform's state knows."""
    if earlier := renamed_to(model, f"{section}.{old}"):
        line = flow({"from": f"{section}.{old}", "to": f"{section}.{new}"})
        yield (
            f"the rename of {earlier.value['from']} to {section}.{old} counts as never applied; "
            f"if it was applied in a stack, the line below renamed: has to be {line}"
        )


def rename_stream(model: LakeModel, folder: SourceStreams, old: str, new: str) -> list[Operation]:
    """What gives a stream file another name, also where connections name it; it says which stream it is, which stays the same.

    Raises UserError if there is such a file, or can be none.
    """
    if not new or "/" in new or new.startswith((".", "_")):
        raise UserError(f'"{new}" cannot be the name of a stream file: without /, and with a letter or digit first')
    file, target = (f"{STREAMS}/{folder.source}/{stem}.json" for stem in (old, new))
    if (model.root / target).exists():
        raise UserError(f"{target} exists, and no file is overwritten; choose another name")
    return [
        *_moved(model, file, target),
        *_identity(folder, old, target),
        *_named(model, folder.source, old, new),
        *renamed_line(model, *(f"streams.{folder.source}.{stem}" for stem in (old, new))),
    ]


def _has_period(draft: Draft) -> bool:
    schedule = draft.layers.value.get("schedule")
    return isinstance(schedule, dict) and "every" in schedule and "at" not in schedule


def _folders(model: LakeModel, old: str, new: str) -> Iterator[Operation]:
    for folder in (STREAMS, DISCOVERED):
        if list_files(model.root, f"{folder}/{new}", (".json",)):
            raise UserError(f"{folder}/{new}/ has files, and none is overwritten; delete them, or choose another name")
        for file in list_files(model.root, f"{folder}/{old}", (".json",)):
            yield from _moved(model, file, f"{folder}/{new}/{file.rpartition('/')[2]}")


def _moved(model: LakeModel, file: str, target: str) -> list[Operation]:
    return [Operation(target, (), text_of(str(model.root / file), file)), Operation(file, ())]


def _identity(folder: SourceStreams, old: str, target: str) -> Iterator[Operation]:
    """The name of the stream for a file that was called like it. Its namespace is as needed as it was."""
    written = folder.files[old]
    if written and isinstance(written.value, dict) and written.value.get("stream") is None:
        yield Operation(target, ("stream",), old)


def _named(model: LakeModel, source: str, old: str, new: str) -> Iterator[Operation]:
    for (file, path), named in of_stream(model, source, old):
        if isinstance(named.value, dict):
            yield Operation(file, (*path, old), name=new)
        else:
            yield Operation(file, path, [new if name == old else name for name in named.value])
