"""profiles.yml: a target for each landing, and one for branches."""

from __future__ import annotations

from collections.abc import Mapping

from infra.lake.registry.landing import Landing
from infra.landing.settings import CHOICE

# Whose models are apart: the words before the schemas of a branch.
BRANCH = "LAKEFORM_BRANCH"

# A catalog in PostgreSQL takes several writers, one in SQLite one.
_THREADS = 4

_HEAD = """\
# Where models are built: in a landing of the registry, which lakeform attaches as it does for feeding. No password stands here.
# LAKEFORM_LANDING chooses it. `--target branch` builds apart, in schemas that begin with LAKEFORM_BRANCH.
lake:
  target: "{{{{ env_var('{choice}', '{first}') }}}}"
  outputs:
"""
_OUTPUT = """\
    {name}:
      type: duckdb
      database: lake
      schema: {schema}
      threads: {threads}
      attach: [{{path: "ducklake:lake", alias: lake}}]
      plugins: [{{module: infra.landing.engine.dbt_plugin, config: {{landing: {landing}}}}}]
"""


def profile_text(landings: Mapping[str, Landing]) -> str:
    """The file, for these landings: at least one."""
    first = min(landings)
    outputs = [_output(name, "main", landings[name], name) for name in sorted(landings)]
    schema = f"\"{{{{ env_var('{BRANCH}', 'branch') }}}}\""
    chosen = f"\"{{{{ env_var('{CHOICE}', '{first}') }}}}\""
    branch = _output("branch", schema, landings[first], chosen)
    return _HEAD.format(choice=CHOICE, first=first) + "".join([*outputs, branch])


def _output(name: str, schema: str, landing: Landing, chosen: str) -> str:
    threads = _THREADS if landing.catalog.postgres else 1
    return _OUTPUT.format(name=name, schema=schema, threads=threads, landing=chosen)
