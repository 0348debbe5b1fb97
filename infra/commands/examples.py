"""What `--help` of a verb ends with: lines that somebody may type, and the page that says more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """Attributes:
    page: in lakeform's repository.
    lines: without `lakeform`.
    """

    page: str
    lines: Sequence[str]

    def epilog(self) -> str:
        """The end of a help text."""
        said = "\n".join(f"  lakeform {line}" for line in self.lines)
        return f"examples:\n{said}\n\nmore: {self.page}"


EXAMPLES: Mapping[str, Example] = {
    "check": Example("docs/rules.md", ("check", "check --synth --strict", "check --format json")),
    "catalog": Example("docs/adding-a-source.md", ("catalog", "catalog shop --check")),
    "synth": Example("docs/adding-a-source.md", ("synth", "synth --check")),
    "lock": Example("docs/upgrades.md", ("lock source-stripe", "lock --upgrade source-stripe", "lock --check")),
    "schema": Example("docs/registry.md", ("schema --write",)),
    "discover": Example("docs/adding-a-source.md", ("discover shop --from connector", "discover shop --diff")),
    "add": Example(
        "docs/adding-a-source.md",
        ("add source stripe", "add stream stripe charges", "add connection stripe_to_lake", "add flow stripe charges"),
    ),
    "remove": Example(
        "docs/registry.md#retired-and-renamed",
        (
            'remove sources.shop --with-connections --reason "moved to SAP"',
            'remove streams.shop.orders --reason "nobody reads it"',
        ),
    ),
    "rename": Example(
        "docs/registry.md#retired-and-renamed", ("rename sources.shop store", "rename streams.shop.orders sales")
    ),
    "test": Example("docs/adding-a-source.md", ("test shop", "test shop --stack prod")),
    "review": Example("docs/review.md", ("review --base origin/main", "review --base origin/main --format markdown")),
    "explain": Example(
        "docs/gitops.md",
        (
            "explain cursor-required",
            "explain airbyte_connection.shop_to_lake",
            "explain --diagnostics plan.json --stack prod",
        ),
    ),
    "secrets": Example("docs/secrets.md", ("secrets", "secrets --check")),
    "flux": Example("docs/gitops.md", ("flux", "flux --check")),
    "status": Example("docs/gitops.md", ("status", "status --stack prod --format json")),
    "reconcile": Example("docs/gitops.md", ("reconcile prod",)),
    "suspend": Example("docs/gitops.md", ('suspend prod --reason "the destination is full"',)),
    "resume": Example("docs/gitops.md", ("resume prod",)),
    "drift": Example("docs/drift.md", ("drift", "drift --stack prod --format patch")),
    "connections": Example("docs/import.md", ("connections", "connections --stack prod --format json")),
    "sync": Example("docs/adding-a-source.md", ("sync shop_to_lake",)),
    "backfill": Example(
        "docs/backfill.md", ("backfill shop orders --token 2026-11-fix-time-zone", "backfill --list --server")
    ),
    "landing": Example("docs/landing.md", ("landing feed --landing local", "landing status --landing local")),
    "impact": Example("docs/models.md", ("impact shop.orders", "impact shop")),
    "read": Example("docs/landing.md", ("read faker --set count=1000 --landing local --stream users",)),
    "import": Example(
        "docs/import.md", ("import --from server --stack prod", "import --from state terraform.tfstate --stack prod")
    ),
    "cache": Example("docs/adding-a-source.md", ("cache", "cache airbyte-source-stripe --clear")),
    "completion": Example("README.md#commands", ("completion bash", "completion fish")),
    "init": Example("docs/start.md", ("init my-lake --git", "init my-lake --ci github")),
}
