"""What differs in the encrypted Secrets that a stack takes values of: names of keys, never what stands there."""

from __future__ import annotations

import os
from collections.abc import Iterator

from infra.lake.registry.flux import FluxSecret
from infra.review.details.change import Detail
from infra.review.details.detail_kind import DetailKind
from infra.review.sides.side import Side
from infra.secrets.ciphertexts import Ciphertexts, ciphertexts
from infra.secrets.secret_sources import secret_lines


def secret_details(base: Side, head: Side, stack: str) -> Iterator[Detail]:
    """The differences of each Secret that the stack names on both sides."""
    before, after = ({line.name: line for line in _lines(side, stack)} for side in (base, head))
    for name in sorted(before.keys() & after.keys()):
        yield from _of_secret(base, head, stack, before[name], after[name])


def _lines(side: Side, stack: str) -> tuple[FluxSecret, ...]:
    found = side.stack(stack)
    return tuple(secret_lines(found)) if found else ()


def _of_secret(base: Side, head: Side, stack: str, before: FluxSecret, after: FluxSecret) -> Iterator[Detail]:
    path = f"lake.stacks.{stack}.flux.secrets"
    files = [os.path.normpath(line.file) if line.file else "" for line in (before, after)]
    there = [file in side.secrets.texts for file, side in zip(files, (base, head), strict=True)]
    if not any(there):
        sums = [side.secrets.checksums.get(side.ids.get(stack, stack), {}).get(after.name) for side in (base, head)]
        if None not in sums and sums[0] != sums[1]:
            text = f"Secret {after.name}: another checksum of its file, which is not in this repository"
            yield Detail("secret-checksum-changed", path, None, None, text)
        return
    texts = [side.secrets.texts.get(file) for file, side in zip(files, (base, head), strict=True)]
    if texts[0] == texts[1] and texts[0] is not None:
        return
    read = [
        (ciphertexts(file, text, line.name) if text is not None else None) if is_there else Ciphertexts()
        for file, text, line, is_there in zip(files, texts, (before, after), there, strict=True)
    ]
    old, new = read
    shown = files[1] or files[0]
    if old is None or new is None:
        sides = " and ".join(side for side, found in zip(("the base", "this change"), read, strict=True) if not found)
        yield Detail("secret-file-unreadable", path, None, None, f"{shown}: cannot be read in {sides}")
        return
    yield from _differences(path, shown, old, new, _Uses(base, head, stack, before, after))


class _Uses:
    """What uses a key, in words."""

    def __init__(self, base: Side, head: Side, stack: str, before: FluxSecret, after: FluxSecret) -> None:
        self._sides = ((head, after), (base, before))
        self._stack = stack

    def of(self, key: str) -> str:
        """`key (used by sources.shop)`; what used it in the base, if nothing does any more."""
        for verb, (side, line) in zip(("used by", "was used by"), self._sides, strict=True):
            found = side.stack(self._stack)
            name = key.removeprefix(line.key_prefix)
            variable = found.variables.get(name) if found and key.startswith(line.key_prefix) else None
            if variable is not None:
                return f"{key} ({verb} {', '.join(variable.used_by)})"
        return f"{key} (not used in this stack)"


def _differences(path: str, file: str, old: Ciphertexts, new: Ciphertexts, uses: _Uses) -> Iterator[Detail]:
    both = old.keys.keys() & new.keys.keys()
    changed = {key for key in both if old.keys[key] != new.keys[key]}
    came, gone = new.keys.keys() - both, old.keys.keys() - both
    again = changed == both and old.key_groups != new.key_groups
    kinds: tuple[tuple[DetailKind, set[str], str], ...] = (
        ("secret-reencrypted", changed if again else set(), "encrypted again"),
        ("secret-value-changed", set() if again else changed, "another value"),
        ("secret-key-added", set(came), "new"),
        ("secret-key-removed", set(gone), "gone"),
    )
    for kind, keys, words in kinds:
        if keys:
            yield Detail(kind, path, None, None, f"{file}: {words}: {', '.join(map(uses.of, sorted(keys)))}")
    if not changed and not came and not gone:
        yield Detail("secret-file-changed", path, None, None, f"{file}: changed, and the value of no key")
