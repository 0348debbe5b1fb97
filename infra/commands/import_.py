"""`lakeform import`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path

from infra.airbyte.server import open_server
from infra.base.errors import UserError
from infra.base.places import from_home
from infra.base.printable import one_line, show
from infra.commands.answer import wrote
from infra.commands.common import add_format, definitions, find_root, print_json, read_model, say
from infra.commands.progress import progress
from infra.commands.schema import write_kept_schemas
from infra.lake.connectors.definitions import PUBLIC_REGISTRY, Definition
from infra.lake.documents import Report, not_found, plural
from infra.lake.model.lake_model import LakeModel
from infra.lake.registry.draft import stack_ids
from infra.move.entries.connector_locks import ConnectorLocks
from infra.move.entries.import_lake import Imported, import_lake
from infra.move.entries.import_plan import ImportRequest
from infra.move.entries.import_record import ImportRecord, read_record
from infra.move.entries.import_report import REPORT_PATH, counts
from infra.move.found import FoundActor
from infra.move.found_terraform import FoundTerraform
from infra.move.server.server_definitions import ServerDefinitions

ORIGINS = ("server", "state", "hcl", "octavia")
_PLACES = {"state": "FILE", "hcl": "DIR", "octavia": "DIR"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--from ORIGIN [FILE|DIR] --stack --only --discover --registry --format`."""
    parser.add_argument("--from", dest="origin", required=True, choices=ORIGINS, help="who tells what there is")
    parser.add_argument("place", nargs="?", metavar="FILE|DIR", help="of a state, of HCL files, of octavia's folders")
    parser.add_argument("--stack", metavar="STACK", help="whose workspace it is; default: every stack's server")
    about = "name or id in Airbyte; a connection takes its ends along; may be repeated; default: all"
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help=about)
    parser.add_argument("--discover", action="store_true", help="let the server look again at what sources offer")
    about = "where connectors are locked from that the lake does not have; default: %(default)s"
    parser.add_argument("--registry", default=PUBLIC_REGISTRY, metavar="URL|FILE", help=about)
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Write what is new, and the report; 1 where something has no entry, 2 where an origin cannot be read."""
    root = find_root(options)
    _check_options(options)
    model, record = read_model(root), read_record(root)
    asked: list[ServerDefinitions] = []
    found = _found(model, options, asked)
    locks = ConnectorLocks(model, lambda: definitions(options), lambda actor: _ask(asked, actor))
    only = frozenset(options.only)
    _refuse_unknown(found, only)
    _refuse_several(found, only)
    request = ImportRequest(model, found, locks, record, only)
    imported = import_lake(request)
    written = imported.write(request)
    _tell(root, options, imported, record, written)
    unread = not only and any(one.workspace.untold for one in found.values())
    return 1 if imported.left or imported.problems or unread else 0


def _check_options(options: argparse.Namespace) -> None:
    """Raises UserError for options that cannot be meant together."""
    wanted = _PLACES.get(options.origin)
    if wanted and not options.place:
        raise UserError(f"--from {options.origin} needs the path: lakeform import --from {options.origin} {wanted}")
    if options.place and not wanted:
        raise UserError("--from server asks the servers that the lake names: leave the path out")
    if options.discover and options.origin != "server":
        raise UserError("--discover asks a server: it needs --from server")


def _ask(servers: list[ServerDefinitions], actor: FoundActor) -> Definition | None:
    """What the first of the servers that knows the connector says of it."""
    return next((found for server in servers if (found := server.of(actor)) is not None), None)


def _found(model: LakeModel, options: argparse.Namespace, asked: list[ServerDefinitions]) -> dict[str, FoundTerraform]:
    stacks = stack_ids(model.declared.lake)
    if options.stack is not None and options.stack not in stacks:
        raise not_found("stack", options.stack, stacks)
    wanted = [stack for stack in stacks if options.stack in (None, stack)]
    if not wanted or any(stack not in model.stacks for stack in wanted):
        raise UserError("the lake names no stack that could be imported; run: lakeform check")
    if options.origin == "server":
        return _from_servers(model, wanted, options, asked)
    if len(wanted) > 1:
        raise UserError(f"whose workspace is it? --stack with one of: {', '.join(wanted)}")
    with progress(options, f"reading {options.place}"):
        return {wanted[0]: _READERS[options.origin](from_home(options.place))}


def _from_servers(
    model: LakeModel, stacks: list[str], options: argparse.Namespace, asked: list[ServerDefinitions]
) -> dict[str, FoundTerraform]:
    from infra.move.server.from_server import read_server  # noqa: PLC0415  # other origins need no server

    found = {}
    with progress(options, "reading what is in Airbyte", len(stacks)) as shown:
        for stack in stacks:
            server = open_server(model.stacks[stack], os.environ, tell=shown.tell)
            found[stack] = FoundTerraform(read_server(server, shown.tell, discover=options.discover))
            asked.append(ServerDefinitions(server.inventory))
            shown.advance()
    return found


def _from_state(path: Path) -> FoundTerraform:
    from infra.lake.documents.files import text_of  # noqa: PLC0415
    from infra.move.terraform.from_state import read_state  # noqa: PLC0415  # one origin needs no other
    from infra.move.terraform.state_document import MAX_BYTES  # noqa: PLC0415

    return read_state(text_of(str(path), most=MAX_BYTES), path.name)


def _from_hcl(path: Path) -> FoundTerraform:
    from infra.move.terraform.from_hcl import read_hcl  # noqa: PLC0415  # its parser is an extra

    return read_hcl(path)


def _from_octavia(path: Path) -> FoundTerraform:
    from infra.move.terraform.from_octavia import read_octavia  # noqa: PLC0415  # one origin needs no other

    return FoundTerraform(read_octavia(path), clear=True)


_READERS: dict[str, Callable[[Path], FoundTerraform]] = {
    "state": _from_state,
    "hcl": _from_hcl,
    "octavia": _from_octavia,
}


def _refuse_unknown(found: dict[str, FoundTerraform], only: frozenset[str]) -> None:
    """Raise UserError for a name that nothing has."""
    names = {name for one in found.values() for actor in one.workspace.actors for name in (actor.key, actor.name)}
    names |= {name for one in found.values() for c in one.workspace.connections for name in (c.key, c.remote.name)}
    for wanted in sorted(only - names):
        raise not_found("object", wanted, sorted(names))


def _refuse_several(found: dict[str, FoundTerraform], only: frozenset[str]) -> None:
    """Raise UserError for objects of several workspaces: those of another one than the stack's would be made anew."""
    for one in found.values():
        if one.workspaces and not only:
            ids = ", ".join(one.workspaces)
            raise UserError(
                f"{one.workspace.origin} has objects of {len(one.workspaces)} workspaces ({ids}), and a stack is one workspace: "
                "name those of its own with --only NAME, which may be repeated"
            )


def _tell(
    root: Path, options: argparse.Namespace, imported: Imported, before: ImportRecord, written: list[str]
) -> None:
    locked = any(path.startswith("dag/connectors/") for path in written)
    schemas = write_kept_schemas(root).changes if locked else ()
    if options.format == "json":
        report = Report.of(imported.problems)
        print_json({**report.to_json(), **imported.to_json([*written, *(change.path for change in schemas)])})
        return
    for change in (*wrote(written), *schemas):
        say(options, change.to_text())
    for stack, record in sorted(imported.record.stacks.items()):
        say(options, f"{stack}: {counts(record)}")
    for left in imported.left:
        lines = [f"{left.stack}: {left.left_out.what} is left out", *left.left_out.why]
        show("\n    ".join(map(one_line, lines)), to=sys.stderr)
    for problem in imported.problems:
        show(problem.to_text(), to=sys.stderr)
    if not written:
        say(options, "nothing is new")
        return
    secrets = sorted(imported.record.secrets.keys() - before.secrets.keys())
    say(options, f"next: read {REPORT_PATH}: what the first apply sends, and what is left to do")
    if secrets:
        say(options, f"      give the values of {plural(len(secrets), 'secret')}: lakeform secrets")
    say(options, "      lakeform check && lakeform synth")
