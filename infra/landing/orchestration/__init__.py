"""Dagster definitions of a landing, made from the lake's files; the only folder that imports dagster."""

from infra.landing.orchestration.definitions import landing_definitions

__all__ = ["landing_definitions"]
