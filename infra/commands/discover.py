"""`lakeform discover`."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace

from infra.airbyte.discover.origins import (
    TIMEOUT_SECONDS,
    DiscoveryAnswer,
    DiscoveryRequest,
    discover,
    is_manifest,
)
from infra.base.errors import UserError
from infra.base.printable import show
from infra.commands.common import add_format, find_root, print_json, read_declared, say
from infra.commands.discover_write import Written, tell_written, write_offer
from infra.commands.pick import on_terminal, pick
from infra.commands.progress import Progress, progress
from infra.lake.catalog.discovered import FOLDER, as_offered
from infra.lake.documents import Problem, Report, not_found, plural
from infra.lake.documents.types import ID_PATTERN
from infra.lake.evolution.impact import Impact, impacts
from infra.lake.evolution.report import count_impacts, impacts_json, impacts_text
from infra.lake.evolution.stream_uses import stream_uses
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.load import load_lake
from infra.lake.registry.declared import Declared

# Option -> the ways that it goes with; None is the way that lakeform chooses.
_GOES_WITH: dict[str, tuple[str | None, ...]] = {
    "stack": ("server", "connector", None),
    "cached": ("server",),
    "connector_version": ("connector", "FILE"),
    "timeout": ("server", "connector", None),
}

# Problems of a lake whose discovered streams are not the source's any more, which is what `--diff` is for.
_HIDING_NOTHING = frozenset({"stream-unknown", "no-streams"})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`[SOURCE] --all --from --stack --cached --timeout --connector-version --diff --prune --format`."""
    parser.add_argument("source", nargs="?", metavar="SOURCE", help="id of the source; default: pick one on a terminal")
    parser.add_argument("--all", action="store_true", help="every source that can be discovered")
    parser.add_argument(
        "--from",
        dest="origin",
        metavar="server|connector|FILE",
        help="where from: the Airbyte server, the connector's package run on this machine, or a file with a"
        " connector's output, an AirbyteCatalog, a server's answer or octavia's connection, or a low-code connector's manifest.yaml; default: the server if one answers, else the"
        " connector if the package index has it",
    )
    parser.add_argument("--stack", metavar="STACK", help="the stack whose server and settings to use")
    parser.add_argument(
        "--cached", action="store_true", help="from server: what it has stored, without discovering again"
    )
    parser.add_argument(
        "--connector-version",
        metavar="VERSION",
        help="from connector: the one to run; from FILE: the one that wrote it",
    )
    parser.add_argument(
        "--timeout", type=_seconds, metavar="SECONDS", help=f"time limit per source; default: {TIMEOUT_SECONDS:g}"
    )
    parser.add_argument(
        "--diff",
        action="store_true",
        help="write nothing; show what changed and what it affects in the lake; exit 1 if something would break",
    )
    parser.add_argument("--prune", action="store_true", help="remove the files of streams that are no longer offered")
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Write a file a stream, or with `--diff` show what would change; with `--all` one failure does not stop the rest."""
    _check_options(options)
    root = find_root(options)
    declared = read_declared(root)
    names = _all(declared, options.origin) if options.all else [_source(declared, options.source)]
    loaded = load_lake(root)
    failed: dict[str, str] = {}
    compared: dict[str, list[Impact]] = {}
    written: list[Written] = []
    with _progress(names, options) as shown:
        for name, offer in _offers(names, loaded.model, options, shown, failed):
            if options.diff:
                compared[name] = _compare(loaded.model, name, offer)
            else:
                written.append(write_offer(loaded.model, name, offer, options.stack, prune=options.prune))
                if options.format == "text":
                    tell_written(options, written[-1])
    if options.diff:
        hidden = _hiding(loaded.problems)
        _show(compared, failed, hidden, options)
    elif options.format == "json":
        print_json({"sources": [one.to_json() for one in written], "failed": _failed_json(failed)})
    elif options.all:
        _sum_up(names, failed, options)
    breaking = any(impact.breaking for found in compared.values() for impact in found)
    return 1 if breaking or failed else 0


def _check_options(options: argparse.Namespace) -> None:
    """Raises UserError for options that cannot be meant together."""
    way = options.origin if options.origin in (None, "server", "connector") else "FILE"
    if way == "FILE" and is_manifest(options.origin):
        way = "connector"
    for name, ways in _GOES_WITH.items():
        if getattr(options, name) and way not in ways:
            raise UserError(f"--{name.replace('_', '-')} needs --from {' or '.join(way for way in ways if way)}")
    if options.all and options.source:
        raise UserError("--all means every source: leave SOURCE out")
    if options.all and way == "FILE":
        raise UserError("a file is for one source: name it")
    if options.diff and options.prune:
        raise UserError("--diff neither writes nor removes anything: leave --prune out")


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e6:
        raise ValueError
    return seconds


def _all(declared: Declared, origin: str | None) -> list[str]:
    """The sources that can be asked."""
    without = {"streams_from", "external", *(["existing"] if origin == "connector" else [])}
    entries = declared.entries["sources"]
    names = [name for name, piece in entries.items() if without.isdisjoint(piece.value or ()) and _is_id(name)]
    if not names:
        raise UserError("the registry has no source that can be discovered")
    return sorted(names)


def _source(declared: Declared, name: str | None) -> str:
    """The source that is meant, chosen on a terminal where none is named."""
    sources = declared.entries["sources"]
    if name is None and not on_terminal():
        known = f": {', '.join(sorted(sources))}" if sources else "; the registry has none"
        raise UserError(f"name a SOURCE, or use --all{known}")
    name = name or pick(sorted(sources), "source")
    if name not in sources:
        raise not_found("source", name, sources)
    if not _is_id(name):
        raise UserError(f'"{name}" is not an id, so it cannot be the name of a folder; run: lakeform check')
    written = sources[name].value
    if isinstance(written, dict) and (borrowed := written.get("streams_from")):
        raise UserError(f"{name} uses the streams of {borrowed}: discover that source")
    return name


def _is_id(name: str) -> bool:
    return re.fullmatch(ID_PATTERN, name) is not None


def _progress(names: list[str], options: argparse.Namespace) -> AbstractContextManager[Progress]:
    """Nothing to show for a file."""
    if options.origin in (None, "server", "connector"):
        text = f"discovering {names[0] if len(names) == 1 else plural(len(names), 'source')}"
        return progress(options, text, len(names) if options.all else None)
    return nullcontext(Progress(lambda _: None, lambda: None))


def _offers(
    names: list[str], model: LakeModel, options: argparse.Namespace, shown: Progress, failed: dict[str, str]
) -> Iterator[tuple[str, DiscoveryAnswer]]:
    """What each source offers; with `--all` a failure is told, noted in `failed`, and not the end."""
    wanted = DiscoveryRequest(
        options.origin, options.stack, options.cached, options.connector_version, options.timeout or TIMEOUT_SECONDS
    )
    for name in names:
        try:
            yield name, _whole(model, name, discover(model, name, wanted, shown.tell))
        except UserError as error:
            if not options.all:
                raise
            failed[name] = str(error)
            show(f"lakeform discover: {name}: {error}", to=sys.stderr)
        shown.advance()


def _whole(model: LakeModel, name: str, offer: DiscoveryAnswer) -> DiscoveryAnswer:
    """The answer with what the files say of streams that nobody could read: they are neither changed nor gone."""
    known = model.sources[name].discovery.streams
    for one in offer.left_out:
        stays = "; its file stays as it is" if one.key in known else ""
        show(f"lakeform discover: {name}: {one.text}{stays}", to=sys.stderr)
    there = {stream.key for stream in offer.streams}
    kept = {one.key: known[one.key] for one in offer.left_out if one.key is not None and one.key in known}
    return replace(offer, streams=[*offer.streams, *(stream for key, stream in kept.items() if key not in there)])


def _compare(model: LakeModel, name: str, offer: DiscoveryAnswer) -> list[Impact]:
    after = {stream.key: stream for stream in offer.streams}
    known = model.sources[name].discovery
    if not known.is_described:
        return impacts(known.streams, after, stream_uses(model, name))
    # What was described gives way to what is so, which is no change of the source; what is used and not there breaks.
    before = {key: as_offered(stream, after[key]) if key in after else stream for key, stream in known.streams.items()}
    return [one for one in impacts(before, after, stream_uses(model, name)) if one.breaking]


def _hiding(problems: Iterable[Problem]) -> Report:
    """The problems that hide what a stream is used by; they are told."""
    hiding = [p for p in problems if p.severity == "error" and p.rule not in _HIDING_NOTHING]
    if hiding:
        said = f"the lake has {plural(len(hiding), 'problem')}, and what that hides is not compared"
        show(f"lakeform discover: {said}; run: lakeform check", to=sys.stderr)
    return Report.of(hiding)


def _show(
    compared: Mapping[str, list[Impact]], failed: Mapping[str, str], hiding: Report, options: argparse.Namespace
) -> None:
    if options.format == "json":
        changes = [change for name, found in compared.items() for change in impacts_json(name, found)]
        print_json({**hiding.to_json(), "changes": changes, "failed": _failed_json(failed)})
        return
    for name, found in compared.items():
        if found:
            show(f"{name}: {count_impacts(found)}")
            show(impacts_text(found))
        else:
            say(options, f"{name}: offers exactly what {FOLDER}/{name} says")


def _failed_json(failed: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"source": name, "message": message} for name, message in failed.items()]


def _sum_up(names: list[str], failed: Mapping[str, str], options: argparse.Namespace) -> None:
    if failed:
        show(f"{len(names) - len(failed)} of {plural(len(names), 'source')} discovered; failed: {', '.join(failed)}")
    else:
        say(options, f"{plural(len(names), 'source')} discovered")
