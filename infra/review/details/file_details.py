"""What differs in the files beside a stack's document: Terraform of the team's own, and the lock of the providers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

from infra.lake.documents import plural
from infra.lake.documents.hcl import Block, HclError, read_blocks, unquoted
from infra.lake.documents.links import shown
from infra.lake.model.output import LOCK_FILE
from infra.lake.registry.extra_file import is_configuration
from infra.lake.rules.strays import extra_names
from infra.review.details.change import Detail
from infra.review.details.detail_kind import DetailKind
from infra.review.sides.side import Side


def file_details(base: Side, head: Side, stack: str) -> Iterator[Detail]:
    """The differences between the two sides: of the lock, of extra files, and of Terraform that is gone."""
    before, after = base.files.get(stack, {}), head.files.get(stack, {})
    yield from _lock_details(before.get(LOCK_FILE), after.get(LOCK_FILE))
    path = f"lake.stacks.{stack}.extra_files"
    for name in sorted(extra_names(head.model, stack) & after.keys()):
        if after[name] != before.get(name):
            text = f"{shown(name)}: {_difference(before.get(name), after[name])}"
            yield Detail("extra-file-changed", path, None, None, text)
    for name in sorted(filter(is_configuration, before.keys() - after.keys())):
        yield Detail("extra-file-removed", path, None, None, f"{shown(name)}: gone")


def _difference(old: bytes | None, new: bytes) -> str:
    lines = new.decode(errors="replace").splitlines()
    if old is None:
        return f"new, {plural(len(lines), 'line')}"
    matcher = SequenceMatcher(None, old.decode(errors="replace").splitlines(), lines, autojunk=False)
    removed = added = 0
    for kind, first, last, start, end in matcher.get_opcodes():
        removed += last - first if kind != "equal" else 0
        added += end - start if kind != "equal" else 0
    return f"{plural(added, 'line')} added, {removed} removed" if added or removed else "different line endings"


@dataclass(frozen=True)
class _Locked:
    """What a lock file says of a provider."""

    version: str
    hashes: frozenset[str]


def _lock_details(old: bytes | None, new: bytes | None) -> Iterator[Detail]:
    if old == new:
        return
    try:
        before, after = _locked(old or b""), _locked(new or b"")
    except HclError as error:
        yield _detail("provider-lock-unreadable", f"{LOCK_FILE}: {error}")
        return
    for provider in sorted({*before, *after}):
        yield from _provider_details(provider, before.get(provider), after.get(provider))


def _provider_details(provider: str, old: _Locked | None, new: _Locked | None) -> Iterator[Detail]:
    start = f"{LOCK_FILE}: {provider}"
    if old is None and new is not None:
        yield _detail("provider-locked", f"{start} is locked to {new.version}", None, new.version)
    elif new is None and old is not None:
        yield _detail("provider-unlocked", f"{start} {old.version} is no longer locked", old.version)
    elif old and new and old.version != new.version:
        yield _detail("provider-lock-changed", f"{start}: {old.version} → {new.version}", old.version, new.version)
    elif old and new and old.hashes != new.hashes:
        counts = f"{len(new.hashes - old.hashes)} added, {len(old.hashes - new.hashes)} removed"
        text = f"{start} {new.version}: different hashes for the same version, {counts}"
        yield _detail("provider-hashes-changed", text, old.version, new.version)


def _detail(kind: DetailKind, text: str, before: str | None = None, after: str | None = None) -> Detail:
    return Detail(kind, LOCK_FILE, before, after, text)


def _locked(data: bytes) -> Mapping[str, _Locked]:
    """Provider -> what is locked. Raises HclError, also for a file that repeats a provider, or has anything else in it."""
    found: dict[str, _Locked] = {}
    for block in read_blocks(data.decode("utf-8-sig", errors="replace")):
        if block.kind != "provider" or len(block.labels) != 1 or block.labels[0] in found:
            raise HclError(f"line {block.line} is not what `tofu init` writes", block.line, block.column)
        found[block.labels[0]] = _Locked(_value(block, "version"), frozenset(_hashes(block)))
    return found


def _value(block: Block, name: str) -> str:
    return unquoted(block.attributes.get(name, ("(no version)", 1, 1))[0])


def _hashes(block: Block) -> list[str]:
    text = block.attributes.get("hashes", ("[]", 1, 1))[0]
    return [unquoted(part.strip()) for part in text.strip("[]").replace("\n", ",").split(",") if part.strip()]
