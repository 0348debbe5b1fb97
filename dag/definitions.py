"""The Dagster code location of this lake: dagster dev -f dag/definitions.py."""

from pathlib import Path

import dagster as dg

from infra.landing.orchestration import landing_definitions

defs = dg.Definitions.merge(
    # sample: rows that are shown with each materialization; they stay in Dagster's event log.
    landing_definitions(Path(__file__).parent.parent, sample=3),
    # A run is one step, and needs no process for it. What else you have in Dagster goes here.
    dg.Definitions(executor=dg.in_process_executor),
)
