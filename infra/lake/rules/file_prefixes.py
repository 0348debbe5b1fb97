"""Two streams whose files would be taken for each other's.

Source: airbytehq/airbyte, bulk CDK, `ObjectStorageDestinationState.getObjectsToDelete`: a sync that replaces a stream deletes
every older object whose key matches the stream's pattern, whoever wrote it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from infra.lake.documents import Problem, Related
from infra.lake.files.key_index import KeyIndex
from infra.lake.files.layout import PATH_OPTIONS, FileLayout, layout_of
from infra.lake.files.stream_files import StreamFiles, files_in
from infra.lake.model.lake_model import LakeModel
from infra.lake.rules.collisions import WrittenObject, full_name, pair_of, written_objects
from infra.lake.values.reference import reference_name

# Any file of a stream stands for all of them.
_STARTED = datetime(2001, 2, 3, 4, 5, 6, 789000, tzinfo=UTC)
_UUID = "01234567-89ab-cdef-0123-456789abcdef"


@dataclass(frozen=True)
class _Written:
    target: WrittenObject
    files: StreamFiles

    @property
    def key(self) -> str:
        return self.files.key(_STARTED, sync_id=1, part=0, now_ms=int(_STARTED.timestamp() * 1000), uuid=_UUID)

    @property
    def replaces(self) -> bool:
        return self.target.stream.destination_sync_mode.startswith("overwrite")


def check_file_prefixes(model: LakeModel) -> Iterator[Problem]:
    """`file-prefix-shared`, once for two connections or two stacks; not for what is `table-collision` already."""
    told: set[tuple[str, ...]] = set()
    for streams in _by_bucket(model).values():
        index: KeyIndex[_Written] = KeyIndex()
        for written in streams:
            index.add(written.files, written)
        for written in streams:
            key = written.key
            for files, owner in index.candidates(key):
                if owner is written or not _apart(owner.target, written.target):
                    continue
                pair = pair_of(*sorted((owner.target, written.target), key=_order))
                if pair not in told and files.match(key):
                    told.add(pair)
                    yield _problem(owner, written)


def _by_bucket(model: LakeModel) -> dict[tuple[str, ...], list[_Written]]:
    found: dict[tuple[str, ...], list[_Written]] = {}
    layouts: dict[tuple[str, str], FileLayout | None] = {}
    for target in written_objects(model):
        place = (target.stack.id, target.destination.id)
        if place not in layouts:
            layouts[place] = layout_of(target.destination)
        layout = layouts[place]
        if layout is not None:
            files = files_in(layout, target.connection, target.stream)
            found.setdefault(_bucket(target, files), []).append(_Written(target, files))
    return found


def _bucket(target: WrittenObject, files: StreamFiles) -> tuple[str, ...]:
    """The bucket; one that is a reference is the same inside one stack only."""
    endpoint = (target.destination.settings.configuration or {}).get("s3_endpoint") or ""
    known = isinstance(files.layout.bucket, str) and reference_name(endpoint) is None
    return "" if known else target.stack.id, str(files.layout.bucket), str(endpoint).rstrip("/").lower()


def _order(target: WrittenObject) -> tuple[str, str]:
    return target.stack.id, target.connection.id


def _apart(one: WrittenObject, other: WrittenObject) -> bool:
    """False for one and the same stream, and for what another rule tells."""
    if (one.stack.id, one.connection.id, one.stream.key) == (other.stack.id, other.connection.id, other.stream.key):
        return False
    return one.object != other.object


def _problem(owner: _Written, written: _Written) -> Problem:
    if written.replaces and not owner.replaces and written.files.match(owner.key):
        owner, written = written, owner
    one, other = owner.target, written.target
    effect = "each sync of that deletes them" if owner.replaces else "nothing tells them apart"
    quoted = (one.stream.name, other.stream.name, one.connection.id)
    fix = _fix(owner, written)
    if (one.stack.id, one.connection.id) == (other.stack.id, other.connection.id):
        message = f"files of {full_name(other.stream)} are called like files of {full_name(one.stream)}: {effect}"
        related = (Related(one.stream.layers.locate(), "the other stream"),)
        return other.stream.layers.problem("file-prefix-shared", (), message, fix, related=related, quoted=quoted)
    where = "" if one.stack.id == other.stack.id else f' in the stack "{one.stack.id}"'
    theirs = f"{full_name(one.stream)} of {one.connection.path}{where}"
    message = f"files of {full_name(other.stream)} are called like files of {theirs}: {effect}"
    related = (Related(one.connection.layers.locate(key=True), "the other connection"),)
    return other.connection.layers.problem(
        "file-prefix-shared", (), message, fix, key=True, related=related, quoted=quoted
    )


def _fix(owner: _Written, written: _Written) -> str:
    layout, option = owner.files.layout, PATH_OPTIONS[1]
    whole = f"{layout.prefix}/{layout.path_format}"
    if owner.files.path_format != written.files.path_format:
        if not layout.path_format.endswith("/"):
            return f"end {option} of the destination in a slash: {layout.path_format}/"
    elif "${STREAM_NAME}" not in whole:
        return f"write ${{STREAM_NAME}} into {option} of the destination"
    elif "${NAMESPACE}" not in whole and owner.files.namespace != written.files.namespace:
        return f"write ${{NAMESPACE}} into {option} of the destination"
    if owner.target.connection.id != written.target.connection.id:
        return "give one of the connections another namespace or prefix"
    return "leave one of them out, or sync it by a connection with another prefix"
