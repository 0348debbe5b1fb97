"""Edits after which Terraform's state, or what Airbyte kept, is not where it is looked for."""

from __future__ import annotations

from tests.support.review_lake import BASE, EVENTS, LAKE, REFUNDS, SHOP, Edit, offered
from tests.support.review_texts import (
    BACKEND,
    CONNECTION,
    FLUX,
    ID,
    OTHER_ID,
    STAGING,
    WORKSPACE,
    retired,
)

_IN_FLUX = f"      {FLUX}\n"
_ACCEPTED = "accepted:\n  - {{entry: {}, rule: {}, date: 2026-11-26, reason: the state was moved}}\n"
_OTHER_ID = ("    airbyte:\n", "    airbyte_eu:\n")
_ON_FLUX: Edit = {LAKE: [(BACKEND, _IN_FLUX)]}
_S3 = "      backend: {s3: {bucket: states, key: lake.tfstate, profile: here}}\n"
_RETURNS = "dag/registry/retired.yaml"
_EVENTS_GO = retired("connections.shop_to_warehouse.streams.events")

# A second stack in the workspace of the first, with the source and destination of the connection.
_BESIDE: Edit = {
    LAKE: [
        (BACKEND, ""),
        (
            "  variables:\n",
            STAGING.replace("airbyte.staging.", "airbyte.").replace("444-666666666666", "444-555555555555"),
        ),
    ],
    SHOP: [
        ("    connector: source-shop\n", "    connector: source-shop\n    stack: [airbyte, staging]\n"),
        ("    source: shop\n", "    stack: [airbyte]  # connection\n    source: shop\n"),
        (
            "    connector: destination-warehouse\n",
            "    connector: destination-warehouse\n    stack: [airbyte, staging]\n",
        ),
    ],
}
_TO_STAGING = ("    stack: [airbyte]  # connection\n", "    stack: [staging]\n")
_LET_GO = retired("connections.shop_to_warehouse", more=", stack: airbyte, keep: true")

STATE_BASES: dict[str, Edit] = {
    "a-stack-under-flux-has-another-id": _ON_FLUX,
    "a-stack-under-flux-has-another-id-and-names-its-state": _ON_FLUX,
    "a-stack-under-flux-has-another-id-and-that-is-accepted": _ON_FLUX,
    "a-stack-under-flux-has-another-id-and-adopts-everything": _ON_FLUX,
    "a-stack-under-flux-has-another-id-and-workspace": _ON_FLUX,
    "the-state-of-a-stack-under-flux-is-in-another-namespace": _ON_FLUX,
    "a-stack-comes-to-flux": {LAKE: [(BACKEND, "")]},
    "a-stack-leaves-flux": _ON_FLUX,
    "a-backend-is-reached-otherwise": {LAKE: [(BACKEND, _S3)]},
    "the-password-of-a-backend-changes": {
        LAKE: [(BACKEND, "      backend: {pg: {conn_str: postgres://h/shop?application_name=one}}\n")]
    },
    "a-local-state-and-another-id": {LAKE: [(BACKEND, "      backend: {local: {path: lake.tfstate}}\n")]},
    "a-connection-moves-to-a-stack-of-the-same-workspace": _BESIDE,
    "a-connection-moves-to-a-stack-of-the-same-workspace-and-is-adopted": _BESIDE,
    "a-connection-comes-back-that-was-kept-in-airbyte": {
        SHOP: [(CONNECTION, retired("connections.shop_to_warehouse", more=", keep: true"))]
    },
    "a-connection-comes-back-that-was-deleted": {SHOP: [(CONNECTION, retired("connections.shop_to_warehouse"))]},
    "a-stream-comes-back": {EVENTS: None, _RETURNS: _EVENTS_GO},
    "a-stream-comes-back-that-was-gone-by-a-line-of-accepted": {
        EVENTS: None,
        _RETURNS: _ACCEPTED.format("connections.shop_to_warehouse.streams.events", "unacknowledged-stream"),
    },
    "a-stream-comes-back-under-the-new-id-of-its-connection": {
        EVENTS: None,
        SHOP: [("  shop_to_warehouse:\n", "  webshop_to_warehouse:\n")],
        _RETURNS: _EVENTS_GO
        + "renamed:\n  - {from: connections.shop_to_warehouse, to: connections.webshop_to_warehouse}\n",
    },
    "a-stream-that-each-sync-reads-in-full-comes-back": {
        REFUNDS: None,
        _RETURNS: retired("connections.shop_to_warehouse.streams.refunds"),
    },
}

STATE_EDITS: dict[str, Edit] = {
    "a-stack-under-flux-has-another-id": {LAKE: [_OTHER_ID]},
    "a-stack-under-flux-has-another-id-and-names-its-state": {
        LAKE: [
            _OTHER_ID,
            (_IN_FLUX, f"{_IN_FLUX}      backend: {{kubernetes: {{namespace: lake, secret_suffix: airbyte}}}}\n"),
        ]
    },
    "a-stack-under-flux-has-another-id-and-that-is-accepted": {
        LAKE: [_OTHER_ID],
        "dag/registry/accepted.yaml": _ACCEPTED.format("lake.stacks.airbyte_eu", "created-twice"),
    },
    "a-stack-under-flux-has-another-id-and-adopts-everything": {
        LAKE: [_OTHER_ID],
        SHOP: [
            ("    source: shop\n", f"    adopt: {ID}\n    schedule: manual\n    source: shop\n"),
            ('    schedule: {cron: "0 0 * * * ?"}\n', ""),
            ("    connector: source-shop\n", f"    adopt: {OTHER_ID}\n    connector: source-shop\n"),
            (
                "    connector: destination-warehouse\n",
                f"    adopt: {WORKSPACE}\n    connector: destination-warehouse\n",
            ),
        ],
    },
    "a-stack-under-flux-has-another-id-and-workspace": {LAKE: [_OTHER_ID, ("11111111-2222", "22222222-2222")]},
    "the-state-of-a-stack-under-flux-is-in-another-namespace": {LAKE: [("namespace: lake}", "namespace: data}")]},
    "a-stack-goes-to-another-server-and-workspace": {
        LAKE: [("airbyte.example.com", "airbyte2.example.com"), ("11111111-2222", "22222222-2222")]
    },
    "a-stack-comes-to-flux": {LAKE: [("  variables:\n", f"{_IN_FLUX}  variables:\n")]},
    "a-stack-leaves-flux": {LAKE: [(_IN_FLUX, "")]},
    "a-backend-is-reached-otherwise": {LAKE: [("profile: here", "profile: there, encrypt: true")]},
    "a-backend-may-be-in-another-cluster": {
        LAKE: [("secret_suffix: lake", "secret_suffix: lake, config_context: prod")]
    },
    "the-password-of-a-backend-changes": {LAKE: [("application_name=one", "application_name=two")]},
    "another-backend-is-accepted": {
        LAKE: [("secret_suffix: lake", "secret_suffix: other")],
        "dag/registry/accepted.yaml": _ACCEPTED.format("lake.stacks.airbyte", "created-twice"),
    },
    "a-local-state-and-another-id": {LAKE: [_OTHER_ID]},
    "a-connection-moves-to-a-stack-of-the-same-workspace": {
        SHOP: [_TO_STAGING],
        "dag/registry/retired.yaml": _LET_GO,
    },
    "a-connection-moves-to-a-stack-of-the-same-workspace-and-is-adopted": {
        SHOP: [(_TO_STAGING[0], f"{_TO_STAGING[1]}    adopt: {ID}\n")],
        "dag/registry/retired.yaml": _LET_GO,
    },
    "a-connection-comes-back-that-was-kept-in-airbyte": {SHOP: BASE[SHOP]},
    "a-connection-comes-back-that-was-deleted": {SHOP: BASE[SHOP]},
    "a-stream-comes-back": {EVENTS: BASE[EVENTS], _RETURNS: None},
    "a-stream-comes-back-that-was-gone-by-a-line-of-accepted": {EVENTS: BASE[EVENTS]},
    "a-stream-comes-back-under-the-new-id-of-its-connection": {
        EVENTS: BASE[EVENTS],
        _RETURNS: "renamed:\n  - {from: connections.shop_to_warehouse, to: connections.webshop_to_warehouse}\n",
    },
    "a-stream-that-each-sync-reads-in-full-comes-back": {REFUNDS: BASE[REFUNDS], _RETURNS: None},
    "an-incremental-stream-is-added": {
        "dag/streams/shop/carts.json": BASE[EVENTS],
        "dag/sources/shop/carts.json": offered("carts"),
    },
}
