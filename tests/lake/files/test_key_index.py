"""The index finds every stream that a key may be of."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from infra.lake.files.key_index import KeyIndex
from infra.lake.files.stream_files import StreamFiles
from tests.lake.files.test_stream_files import SYNCS, files, key_of, streams
from tests.lake.files.writers import UUID, Sync


@given(st.lists(streams(), min_size=1, max_size=8), SYNCS)
def test_no_stream_is_left_out(found: list[StreamFiles], sync: Sync) -> None:
    index: KeyIndex[int] = KeyIndex()
    for number, one in enumerate(found):
        index.add(one, number)
    for one in found:
        key = one.key(sync.started, sync_id=sync.sync_id, part=sync.part, now_ms=sync.now_ms, uuid=UUID)
        for name in (key, f"{key}-1"):
            named = {number for files_, number in index.candidates(name) if files_.match(name)}
            assert named == {number for number, files_ in enumerate(found) if files_.match(name)}


def test_many_streams_of_one_layout_are_told_apart_without_their_patterns() -> None:
    """Also where a name stands beside variables, or the path begins with the day."""
    for path in (
        "${NAMESPACE}/${STREAM_NAME}/",
        "${YEAR}/${STREAM_NAME}_",
        "${YEAR}_${STREAM_NAME}_",
        "${STREAM_NAME}",
    ):
        index: KeyIndex[int] = KeyIndex()
        some = [files(path, name=f"stream_{number}_x") for number in range(300)]
        for number, one in enumerate(some):
            index.add(one, number)
        (candidate,) = index.candidates(key_of(some[123]))
        assert candidate == (some[123], 123)
