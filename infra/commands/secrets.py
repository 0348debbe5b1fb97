"""`lakeform secrets`."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from infra.base.errors import UserError
from infra.base.printable import show
from infra.commands.common import add_format, find_root, print_json, print_report, refuse, say
from infra.lake.documents import Problem, Report, plural, write_text
from infra.lake.model.find import chosen_stacks
from infra.lake.model.lake_model import LakeModel
from infra.lake.model.stack import Stack
from infra.lake.rules.check import check_lake
from infra.secrets.secret_check import StackSecrets, check_secrets
from infra.secrets.secret_file import SecretFile, read_secrets
from infra.secrets.secret_list import landing_rows, secret_rows, secret_table
from infra.secrets.secret_match import match_secrets
from infra.secrets.secret_sources import SecretFiles, secret_lines
from infra.secrets.secret_template import secret_template


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--stack --check [FILE...] --template --output --secrets-root --format`."""
    parser.add_argument("--stack", metavar="STACK", help="only this one; default: every stack")
    what = parser.add_mutually_exclusive_group()
    what.add_argument(
        "--check",
        nargs="*",
        metavar="FILE",
        help="check that these files contain what is needed, encrypted; default: the files of flux.secrets; nothing is decrypted",
    )
    what.add_argument("--template", action="store_true", help="print a Secret manifest to fill in and encrypt")
    parser.add_argument("--output", metavar="FILE", help="with --template: write it there; never over an existing file")
    parser.add_argument("--secrets-root", metavar="DIR", help="where the files of flux.secrets are; default: here")
    add_format(parser)


def run(options: argparse.Namespace) -> int:
    """Print the list or the template, or check; 1 for problems of the lake or of the files."""
    if options.output is not None and not options.template:
        raise UserError("--output needs --template")
    if options.secrets_root is not None and not Path(options.secrets_root).is_dir():
        raise UserError(f"there is no folder {options.secrets_root}")
    checked = check_lake(find_root(options), catalogs=False)
    if checked.report.errors:
        return refuse(options, checked.report)
    stacks = chosen_stacks(checked.model, options.stack)
    files = SecretFiles(checked.model.root, Path(options.secrets_root) if options.secrets_root else None)
    if options.check is not None:
        return _check(options, checked.model, files, stacks)
    return _template(options, files, stacks) if options.template else _list(options, checked.model, files, stacks)


def _list(options: argparse.Namespace, model: LakeModel, files: SecretFiles, stacks: list[Stack]) -> int:
    rows = [row for secrets in _declared(options, files, stacks)[0] for row in secret_rows(secrets)]
    rows += landing_rows(model, stacks)
    if options.format == "json":
        print_json({"variables": [row.to_json() for row in rows]})
    else:
        show(secret_table(rows) if rows else "no entry needs a value from outside")
    return 0


def _check(options: argparse.Namespace, model: LakeModel, files: SecretFiles, stacks: list[Stack]) -> int:
    others = [stack for stack in model.stacks.values() if stack not in stacks and secret_lines(stack)]
    if options.check:
        held, problems = _read(options.check)
        mine, unknown = match_secrets(held, stacks)
        problems += unknown
        rest = match_secrets(held, others)[0] if others else []
    else:
        mine, problems = _declared(options, files, _placed(options, stacks))
        rest = _declared(options, files, others)[0]
    landings = {row.variable.name: row.variable.used_by[0] for row in landing_rows(model, list(model.stacks.values()))}
    for secrets in mine:
        problems += check_secrets(secrets, [*mine, *rest], landings)
    report = Report.of(problems)
    print_report(report, as_json=options.format == "json")
    if options.format == "text":
        _tell_unread(options, mine)
        _tell_landings(options, model, stacks)
        if mine and not report.problems:
            say(options, f"no problems in {_summary(mine)}")
    return 1 if report.errors else 0


def _placed(options: argparse.Namespace, stacks: list[Stack]) -> list[Stack]:
    """The stacks that say where their values are; the others are told. Raises UserError if the user named one of those."""
    others = [stack for stack in stacks if stack.settings.flux is None]
    for stack in others:
        names = plural(len(stack.variables), "variable")
        why = f"not checked: stack {stack.id}: without the key flux, nothing says where its {names} get their values"
        if options.stack is not None:
            raise UserError(f"{why}; name a file: lakeform secrets --check FILE")
        if stack.variables and options.format == "text":
            say(options, why)
    return [stack for stack in stacks if stack not in others]


def _declared(
    options: argparse.Namespace, files: SecretFiles, stacks: list[Stack]
) -> tuple[list[StackSecrets], list[Problem]]:
    """The stacks with the files of their `flux.secrets`."""
    read = [(stack, files.named_secrets(stack, elsewhere=_is_elsewhere(options, stack))) for stack in stacks]
    problems = [problem for _, (_, found) in read for problem in found]
    return [StackSecrets(stack, named) for stack, (named, _) in read], problems


def _is_elsewhere(options: argparse.Namespace, stack: Stack) -> bool:
    """True if the files of a stack may be in a repository of which no checkout was named."""
    flux = stack.settings.flux
    return options.check is not None and options.secrets_root is None and flux is not None and flux.cluster is not None


def _read(files: list[str]) -> tuple[list[SecretFile], list[Problem]]:
    secrets: list[SecretFile] = []
    problems: list[Problem] = []
    for file in dict.fromkeys(files):
        if not Path(file).exists():
            raise UserError(f"there is no file {file}")
        held, found = read_secrets(Path(), file)
        secrets += held
        problems += found
    return secrets, problems


def _tell_unread(options: argparse.Namespace, stacks: list[StackSecrets]) -> None:
    for secrets in stacks:
        for secret in secrets.named:
            if secret.held is None:
                say(options, f"not checked: Secret {secret.line.name} of stack {secrets.stack.id}")


def _tell_landings(options: argparse.Namespace, model: LakeModel, stacks: list[Stack]) -> None:
    if options.check:
        return  # named files are looked at, not what else there is
    counts = Counter(row.id for row in landing_rows(model, stacks) if row.origin.kind == "environment")
    for landing, count in counts.items():
        values = f"{plural(count, 'value')} from the environment of what feeds it"
        say(options, f"not checked: landing {landing} takes {values}")


def _summary(stacks: list[StackSecrets]) -> str:
    files = {held.file for secrets in stacks for held in secrets.held}
    keys = sum(len(secrets.stack.variables) for secrets in stacks)
    return f"{plural(len(files), 'file')} for {plural(keys, 'variable')} of {plural(len(stacks), 'stack')}"


def _template(options: argparse.Namespace, files: SecretFiles, stacks: list[Stack]) -> int:
    if len(stacks) != 1:
        raise UserError(f"a template is for one stack; name it with --stack: {', '.join(stack.id for stack in stacks)}")
    (secrets,) = _declared(options, files, stacks)[0]
    text = secret_template(secrets, options.output)
    if not text:
        say(options, f"no entry of stack {stacks[0].id} needs a Secret")
    elif options.output is None:
        show(text, end="")
    elif Path(options.output).exists():
        show(f"{options.output} exists and stays as it is; name another file", to=sys.stderr)
        return 1
    else:
        output = Path(options.output)
        write_text(output.parent, output.name, text)
        say(options, f"wrote {options.output}; fill it in and encrypt it before git sees it")
    return 0
