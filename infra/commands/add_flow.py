"""`lakeform add flow`."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path

from infra.base.errors import UserError
from infra.base.printable import printable
from infra.commands.common import read_loaded
from infra.commands.landing_options import mistakes_told
from infra.landing.flows.add_flow import add_flow
from infra.landing.settings import choose_landing
from infra.scaffold.added import Added


def flow_arguments(parser: argparse.ArgumentParser) -> None:
    """`SOURCE STREAM --enriched DOMAIN`."""
    parser.add_argument("source", metavar="SOURCE", help="id of the source")
    parser.add_argument("stream", metavar="STREAM", help="its stream file, without .json")
    parser.add_argument("--enriched", metavar="DOMAIN", help="also a model in dag/enriched/DOMAIN/, to begin with")
    parser.add_argument("--landing", metavar="ID", help="default: LAKEFORM_LANDING, else the only one")


def plan_flow(root: Path, options: argparse.Namespace) -> Added:
    """The files of a stream's flow. Raises UserError."""
    domain = options.enriched
    if domain is not None and not re.fullmatch("[a-z][a-z0-9_]*", domain):
        raise UserError(f'"{printable(domain)}" is no name of a domain: a-z, 0-9 and _, a letter first')
    loaded = read_loaded(root)
    with mistakes_told(loaded):
        landing = choose_landing(loaded.model.registry.lake, options.landing, os.environ)
        return add_flow(loaded.model, landing, options.source, options.stream, domain)
