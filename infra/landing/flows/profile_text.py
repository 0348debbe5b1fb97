"""profiles.yml: a target for each landing, and one for branches."""

from __future__ import annotations

from collections.abc import Mapping

from infra.lake.registry.landing import Landing
from infra.landing.settings import CHOICE

# Whose models are apart: the words before the schemas of a branch.
BRANCH = "LAKEFORM_BRANCH"

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
      threads: 1
      attach: [{{path: "ducklake:lake", alias: lake}}]
      plugins: [{{module: infra.landing.engine.dbt_plugin, config: {{landing: {landing}}}}}]
"""


def profile_text(landings: Mapping[str, Landing]) -> str:
    """The file, for these landings: at least one."""
    first = min(landings)
    outputs = [_output(name, "main", name) for name in sorted(landings)]
    schema = f"\"{{{{ env_var('{BRANCH}', 'branch') }}}}\""
    chosen = f"\"{{{{ env_var('{CHOICE}', '{first}') }}}}\""
    branch = _output("branch", schema, chosen)
    return _HEAD.format(choice=CHOICE, first=first) + "".join([*outputs, branch])


def _output(name: str, schema: str, chosen: str) -> str:
    return _OUTPUT.format(name=name, schema=schema, landing=chosen)
