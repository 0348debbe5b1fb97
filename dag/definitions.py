"""The Dagster code location of this lake: dagster dev -f dag/definitions.py."""

from pathlib import Path

from infra.landing.orchestration import landing_definitions

# sample: rows that are shown with each materialization; they stay in Dagster's event log.
defs = landing_definitions(Path(__file__).parent.parent, sample=3)
