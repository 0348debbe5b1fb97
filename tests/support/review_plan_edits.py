"""Edits of which a plan shows less, or more, than the registry says: resources that stay, keys that come back masked."""

from __future__ import annotations

from tests.support.review_lake import BASE, CUSTOMERS, LAKE, ORDERS, SHOP, SPEC, Edit, lock
from tests.support.review_texts import ENCRYPT, ENCRYPT_FOR_OTHERS, HASH, SCHEDULE, SECOND_SOURCE, STAGING

SYNC = "{job_type: sync, resource_requirements: {cpu_limit: '1'}}"
CHECK = "{job_type: check_connection, resource_requirements: {memory_limit: 3Gi}}"


def resources(text: str) -> str:
    """A line below an entry."""
    return f"    resource_allocation: {text}\n"


WHOLE = resources("{default: {memory_limit: 2Gi, cpu_limit: '1'}}")
JOBS = resources(f"{{default: {{memory_limit: 2Gi}}, job_specific: [{SYNC}, {CHECK}]}}")
OF_ALL = "  defaults: {source: {resource_allocation: {default: {memory_limit: 2Gi}}}}\n"
BRANCH = "dag/registry/branch.yaml"
OF_STAGING = "    overrides: {staging: {resource_allocation: {default: {memory_limit: 1Gi}}}}\n"


def _with(line: str) -> Edit:
    return {SHOP: [("  shop:\n", f"  shop:\n{line}")]}


def _instead(old: str, new: str = "", *more: tuple[str, str]) -> Edit:
    return {SHOP: [(f"  shop:\n{old}", f"  shop:\n{new}"), *more]}


PLAN_EDITS: dict[str, Edit] = {
    "resources-are-not-written-any-more": _instead(WHOLE),
    "one-quantity-is-not-written-any-more-and-another-changes": _instead(
        WHOLE, resources("{default: {memory_limit: 4Gi}}")
    ),
    "resources-are-not-written-any-more-and-the-name-changes": _instead(WHOLE, "    name: Store\n"),
    "the-resources-of-jobs-are-not-written-any-more-and-the-default-changes": _instead(
        JOBS, resources("{default: {memory_limit: 4Gi}}")
    ),
    "a-shorter-list-of-jobs": _instead(JOBS, resources(f"{{default: {{memory_limit: 2Gi}}, job_specific: [{SYNC}]}}")),
    "the-first-of-a-list-of-jobs-goes": _instead(
        JOBS, resources(f"{{default: {{memory_limit: 2Gi}}, job_specific: [{CHECK}]}}")
    ),
    "the-list-of-jobs-is-empty": _instead(JOBS, resources("{default: {memory_limit: 2Gi}, job_specific: []}")),
    "empty-resources-stand-where-some-were": _instead(WHOLE, resources("{default: {}}")),
    "default-resources-of-all-sources-go": {LAKE: [(OF_ALL, "")]},
    "resources-of-a-stack-go-and-the-default-holds": {SHOP: [(OF_STAGING, "")]},
    "resources-of-a-stack-go": {SHOP: [(OF_STAGING, "")]},
    "a-replaced-source-keeps-no-resources": {
        SHOP: [(f"  shop:\n{WHOLE}    connector: source-shop", "  shop:\n    connector: source-market")],
        "dag/connectors/source-market.json": lock("source-market", "bbbbbbbb-0000-4000-8000-000000000003", SPEC),
    },
    "a-destination-is-renamed-without-its-resources": {
        SHOP: [
            (f"  warehouse:\n{WHOLE}", "  dwh:\n    name: Warehouse\n"),
            ("    destination: warehouse\n", "    destination: dwh\n"),
        ],
        "dag/registry/renamed.yaml": "renamed: [{from: destinations.warehouse, to: destinations.dwh}]\n",
    },
    "a-mapper-encrypts-with-a-key": {ORDERS: [(HASH, ENCRYPT)]},
    "a-mapper-encrypts-for-others": {ORDERS: [(HASH, ENCRYPT_FOR_OTHERS)]},
    "a-mapper-with-a-key-is-there": {SHOP: [(SCHEDULE, "schedule: manual")]},
    "mappers-with-a-key-are-in-two-stacks": {SHOP: [("region: eu", "region: us")]},
}

_STAGING = [("  variables:\n", STAGING)]
_IN_BOTH = [
    ("    connector: source-shop\n", "    connector: source-shop\n    stack: [airbyte, staging]\n"),
    (
        "    connector: destination-warehouse\n",
        (
            "    connector: destination-warehouse\n    stack: [airbyte, staging]\n"
            "    overrides: {staging: {configuration: {host: staging.example.com}}}\n"
        ),
    ),
    ("    source: shop\n", "    source: shop\n    stack: [airbyte, staging]\n"),
]
_KEY_OF_CUSTOMERS = BASE[CUSTOMERS].replace("{", f'{{"mappers": [{ENCRYPT}], ', 1)

PLAN_BASES: dict[str, Edit] = {
    **dict.fromkeys(
        (
            "resources-are-not-written-any-more",
            "one-quantity-is-not-written-any-more-and-another-changes",
            "resources-are-not-written-any-more-and-the-name-changes",
            "empty-resources-stand-where-some-were",
            "a-replaced-source-keeps-no-resources",
        ),
        _with(WHOLE),
    ),
    **dict.fromkeys(
        (
            "the-resources-of-jobs-are-not-written-any-more-and-the-default-changes",
            "a-shorter-list-of-jobs",
            "the-first-of-a-list-of-jobs-goes",
            "the-list-of-jobs-is-empty",
        ),
        _with(JOBS),
    ),
    "default-resources-of-all-sources-go": {
        LAKE: [("  variables:\n", f"{OF_ALL}  variables:\n")],
        BRANCH: SECOND_SOURCE,
    },
    "resources-of-a-stack-go-and-the-default-holds": {
        LAKE: [("  variables:\n", STAGING.replace("  variables:\n", f"{OF_ALL}  variables:\n"))],
        SHOP: [*_IN_BOTH, ("  shop:\n", f"  shop:\n{OF_STAGING}")],
    },
    "resources-of-a-stack-go": {LAKE: _STAGING, SHOP: [*_IN_BOTH, ("  shop:\n", f"  shop:\n{OF_STAGING}")]},
    "a-destination-is-renamed-without-its-resources": {SHOP: [("  warehouse:\n", f"  warehouse:\n{WHOLE}")]},
    "a-mapper-with-a-key-is-there": {ORDERS: [(HASH, ENCRYPT)], CUSTOMERS: _KEY_OF_CUSTOMERS},
    "mappers-with-a-key-are-in-two-stacks": {LAKE: _STAGING, SHOP: _IN_BOTH, ORDERS: [(HASH, ENCRYPT)]},
}
