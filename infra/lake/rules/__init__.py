"""Rules: each takes the whole lake and yields problems. A new rule is one function and one line in `RULES`."""

from collections.abc import Callable, Iterator

from infra.lake.documents import Problem
from infra.lake.model.lake_model import LakeModel
from infra.lake.rules.addresses import check_addresses
from infra.lake.rules.adoptions import check_adoptions
from infra.lake.rules.backends import check_backends
from infra.lake.rules.backfills import advise_backfills, check_backfills
from infra.lake.rules.collisions import check_collisions
from infra.lake.rules.configurations import check_configurations
from infra.lake.rules.connectors import check_connectors
from infra.lake.rules.credentials import check_credentials
from infra.lake.rules.drift import check_drift
from infra.lake.rules.extra_files import check_extra_files
from infra.lake.rules.fields import advise_delete_markers, check_fields
from infra.lake.rules.file_prefixes import check_file_prefixes
from infra.lake.rules.files import advise_files, check_files
from infra.lake.rules.flux import check_flux, check_flux_values
from infra.lake.rules.foreign_variables import check_foreign_variables
from infra.lake.rules.history import check_history
from infra.lake.rules.keys import advise_keys, check_keys
from infra.lake.rules.landing_feeds import check_landing_feeds
from infra.lake.rules.landing_places import check_landing_places
from infra.lake.rules.landing_streams import check_landing_streams
from infra.lake.rules.links import check_links
from infra.lake.rules.mappers import check_mappers
from infra.lake.rules.models import advise_models
from infra.lake.rules.names import check_names
from infra.lake.rules.placeholders import check_placeholders
from infra.lake.rules.plans import check_plans
from infra.lake.rules.references import check_references
from infra.lake.rules.replication import check_replication
from infra.lake.rules.replication_state import advise_replication_state, check_replication_state
from infra.lake.rules.schedules import check_schedules
from infra.lake.rules.schemas import check_schemas
from infra.lake.rules.sizes import check_sizes
from infra.lake.rules.states import check_states
from infra.lake.rules.streams import check_streams
from infra.lake.rules.text_variables import check_text_variables
from infra.lake.rules.texts import check_texts
from infra.lake.rules.unknown_variables import check_unknown_variables
from infra.lake.rules.unread_files import check_unread_files
from infra.lake.rules.unused import check_unused
from infra.lake.rules.variables import check_variables

Rule = Callable[[LakeModel], Iterator[Problem]]

RULES: tuple[Rule, ...] = (
    check_links,
    check_unread_files,
    check_references,
    check_connectors,
    check_configurations,
    check_addresses,
    check_variables,
    check_schedules,
    check_streams,
    check_schemas,
    check_keys,
    check_fields,
    check_mappers,
    check_backfills,
    check_collisions,
    check_files,
    check_file_prefixes,
    check_landing_places,
    check_landing_feeds,
    check_landing_streams,
    check_history,
    check_texts,
    check_text_variables,
    check_foreign_variables,
    check_flux,
    check_extra_files,
    check_placeholders,
    check_states,
    check_adoptions,
    check_backends,
    check_credentials,
    check_replication,
    check_replication_state,
)

# Warnings; what they say of a lake with errors would often be an echo of those.
ADVICE: tuple[Rule, ...] = (
    check_unused,
    check_unknown_variables,
    check_names,
    check_drift,
    advise_replication_state,
    advise_delete_markers,
    advise_keys,
    advise_backfills,
    advise_files,
    check_flux_values,
    check_sizes,
    check_plans,
    advise_models,
)


def broken_rules(model: LakeModel) -> Iterator[Problem]:
    """What every rule says about the lake."""
    for rule in RULES:
        yield from rule(model)


def advice(model: LakeModel) -> Iterator[Problem]:
    """Warnings about a lake without errors."""
    for rule in ADVICE:
        yield from rule(model)
