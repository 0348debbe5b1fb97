"""`lakeform explain`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from infra.base.errors import UserError
from infra.base.printable import inline, show
from infra.base.redactor import Redactor
from infra.commands.common import add_format, find_root, print_json, read_model, say
from infra.lake.documents import RULE_IDS, near_matches, question
from infra.lake.documents.files import UnreadableError, given_text, read_text
from infra.lake.model.find import chosen_stacks
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.output import document_path
from infra.lake.rules.check import errors_of
from infra.lake.rules.rule_page import rule_text
from infra.terraform.explain.diagnostics import locate_errors
from infra.terraform.explain.explain import Explained, explain, suggest
from infra.terraform.explain.reasons import with_reasons
from infra.terraform.explain.tofu_output import read_diagnostics


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`ADDRESS | RULE | --diagnostics FILE, --stack --format`."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "address",
        nargs="?",
        metavar="ADDRESS|RULE",
        help="airbyte_source.x, var.x, local.source_x, sources.x; a rule such as cursor-required",
    )
    what.add_argument(
        "--diagnostics", metavar="FILE", help="output of tofu plan, apply or validate with -json; - for standard input"
    )
    parser.add_argument("--stack", metavar="STACK", help="only this stack; default: every stack")
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print what a rule is for, the lines behind an address, or a plan's diagnostics with their lines; 1 if one of these is an
    error.
    """
    if options.address in RULE_IDS:
        return _rule(options)
    model = read_model(find_root(options))
    stacks = [stack.id for stack in chosen_stacks(model, options.stack)]
    if options.diagnostics:
        return _locate(options, model, stacks)
    found = explain(options.address, model, stacks)
    if not found:
        raise UserError(_unknown(options.address, model, stacks))
    if options.format == "json":
        print_json({"explained": [_explained_json(one) for one in found]})
    else:
        show("\n".join(_explained_text(one) for one in found))
    return 0


def _rule(options: argparse.Namespace) -> int:
    text = rule_text(options.address)
    if options.format == "json":
        print_json({"rule": options.address, "text": text})
    else:
        show(f"{options.address}\n\n{text}")
    return 0


def _unknown(address: str, model: LakeModel, stacks: list[str]) -> str:
    if address.startswith(("module.", "data.")):
        return f"{inline(address)}: lakeform writes neither modules nor data sources"
    if "-" in address and (rules := near_matches(address, RULE_IDS)):
        return f'there is no rule "{inline(address)}"; {question(rules)}'
    where = f" in the stack {stacks[0]}" if len(stacks) < len(model.stacks) else ""
    fix = suggest(address, model, stacks)
    return f'nothing{where} is called "{inline(address)}"' + (f"; {fix}" if fix else "")


def _locate(options: argparse.Namespace, model: LakeModel, stacks: list[str]) -> int:
    redactor = Redactor.of_environment(os.environ)
    found = read_diagnostics(given_text(options.diagnostics, errors="replace"))
    if found is None:
        raise UserError(f"{options.diagnostics} contains no diagnostics: pass what `tofu plan -json` prints")
    documents = {stack: text for stack in stacks if (text := _document(model.root, stack)) is not None}
    located = locate_errors(found, model, documents, redactor, stacks)
    lines = with_reasons(located, model, lambda: errors_of(model.root))
    if options.format == "json":
        print_json({"diagnostics": [{**line.to_json(), "stacks": list(line.stacks)} for line in lines]})
    elif lines:
        show("\n".join(line.to_text() for line in lines))
    else:
        say(options, "no diagnostics")
    return 1 if any(line.severity == "error" for line in lines) else 0


def _document(root: Path, stack: str) -> str | None:
    """The committed text of a stack; None without one: then addresses alone tell."""
    try:
        return read_text(str(root / document_path(stack)))
    except UnreadableError:
        return None


def _explained_json(one: Explained) -> dict[str, Any]:
    places = [place.to_json() for place in one.places]
    return {"address": one.address, "entry": one.entry, "stacks": list(one.stacks), "places": places}


def _explained_text(one: Explained) -> str:
    title = f"{one.address} in {', '.join(one.stacks)}" + (f": {one.entry}" if one.entry else "")
    return "\n".join([title, *(f"    {place.to_text()}" for place in one.places)])
