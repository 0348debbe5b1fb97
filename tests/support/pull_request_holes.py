"""What a pull request may bring that must not pass: one table, with what makes it red."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support.flux_lakes import FILE, SECRET, USUAL, encrypted, flux_lake
from tests.support.lakes import run, write_files

STACK = "cdktf.out/stacks/airbyte"


@dataclass(frozen=True)
class Hole:
    """A pull request.

    Attributes:
        edit: writes it into the lake.
        told: what the red step says, a regular expression.
        generates: True if whoever makes it also runs lakeform, so that nothing is red only for being stale.

    """

    edit: Callable[[Path], None]
    told: str
    generates: bool = True


def base_lake(root: Path) -> Path:
    """The lake before: one stack under Flux, everything generated."""
    lake = flux_lake(root, *USUAL)
    generate(lake)
    return lake


def generate(lake: Path) -> None:
    """Run what writes, whatever comes of it."""
    for words in (["catalog"], ["synth"], ["flux"]):
        run(lake, *words, "--quiet")


def _replaced(old: str, new: str) -> Callable[[Path], None]:
    """An edit of the registry."""

    def edit(lake: Path) -> None:
        path = lake / FILE
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")

    return edit


def _added(name: str, text: str) -> Callable[[Path], None]:
    """A file more, or another one in its place."""
    return lambda lake: write_files(lake, {name: text})


def _linked(name: str, target: str) -> Callable[[Path], None]:
    """A link, whatever was there before."""

    def edit(lake: Path) -> None:
        path = lake / name
        if path.exists():
            path.rename(path.with_name(f"old-{path.name}"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(target)

    return edit


def _second_source(lake: Path) -> None:
    """Two entries with the id of one object."""
    adopt = "adopt: 99999999-2222-3333-4444-555555555555"
    entry = f"    connector: source-faker\n    {adopt}\n"
    _replaced("    connector: source-faker\n", f"{entry}")(lake)
    more = f"sources:\n  other:\n{entry}    configuration: {{count: 1}}\n"
    write_files(lake, {"dag/registry/more.yaml": more})


def _second_stack(lake: Path) -> None:
    """A copy of the stack whose backend was forgotten."""
    text = (lake / FILE).read_text("utf-8")
    start, end = text.index("    airbyte:\n"), text.index("sources:\n")
    copy = text[start:end].replace("airbyte:", "staging:", 1).replace("airbyte.example", "staging.example")
    defaults = "  defaults:\n" + "".join(
        f"    {kind}: {{stack: airbyte}}\n" for kind in ("source", "destination", "connection")
    )
    (lake / FILE).write_text(text[:end] + copy + defaults + text[end:], "utf-8")


_DATA = 'data "external" "x" {\n  program = ["sh", "-c", "id"]\n}\n'
_BACKEND = "secret_suffix: lake-state"

HOLES = {
    "another file for Terraform": Hole(_added(f"{STACK}/network.tf", _DATA), "extra-file"),
    "an override of the document": Hole(_added(f"{STACK}/z_override.tf.json", "{}\n"), "extra-file"),
    "values for variables": Hole(_added(f"{STACK}/x.auto.tfvars", 'client_id = "x"\n'), "extra-file"),
    "a module": Hole(_added(f"{STACK}/modules/x/main.tf", _DATA), "extra-file"),
    "a stack that the registry does not have": Hole(_added("cdktf.out/stacks/ghost/main.tf", _DATA), "extra-file"),
    "a folder of streams that is a link": Hole(_linked("dag/streams/faker", "../../../outside"), "is a link"),
    "a stack that is a link": Hole(_linked(STACK, "../../../outside"), "is a link", generates=False),
    "a registry file that is a link": Hole(_linked("dag/registry/more.yaml", "/etc/hostname"), "is a link"),
    "a secret from nowhere": Hole(
        _replaced("s3_bucket_name: lake", "s3_bucket_name: {secret: s3_bucket}"), "secret-key-missing .*s3_bucket"
    ),
    "a plain variable from nowhere": Hole(
        _replaced("count: 10", "count: {var: how_many}"), "secret-key-missing .*how_many"
    ),
    "a secret that is not encrypted": Hole(
        _added("secrets/lake.yaml", SECRET.replace(encrypted("client_id"), "hunter2")), "secret-not-encrypted"
    ),
    "manifests that are not current": Hole(
        _added("deploy/airbyte/sources.yaml", "# written by lakeform flux for the lake shop\n"),
        "flux-stale",
        generates=False,
    ),
    "a document that is not current": Hole(_added(f"{STACK}/cdk.tf.json", "{}\n"), "synth-stale", generates=False),
    "committed state": Hole(_added(f"{STACK}/terraform.tfstate", "{}\n"), "State contains secrets"),
    "a template in a backend": Hole(_replaced(_BACKEND, 'secret_suffix: "x${file(\\"/etc/hostname\\")}"'), r"\$\{"),
    "a directive in a backend": Hole(_replaced(_BACKEND, 'secret_suffix: "x%{ if true }y%{ endif }"'), r"%\{"),
    "one object in two entries": Hole(_second_source, "adopt-duplicate"),
    "two stacks with one state": Hole(_second_stack, "state-shared"),
    "a placeholder": Hole(_replaced("s3_bucket_name: lake", "s3_bucket_name: CHANGE_ME"), "placeholder"),
    "a password in the server's address": Hole(
        _replaced("https://airbyte.example.com", "https://user:hunter2hunter2@airbyte.example.com"), "secret-in-clear"
    ),
}
