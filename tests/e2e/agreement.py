"""What the rules of streams and schedules refuse, sent to the server all the same: does it refuse too?"""

from __future__ import annotations

from tests.e2e.mistake import Json, Mistake
from tests.e2e.shop import hashing, source_defined, stream

MODES = {
    "destination-all": ["append", "append_dedup", "overwrite", "overwrite_dedup", "update", "soft_delete"],
    "destination-append": ["append"],
}

STREAMS = [
    stream("orders", "id email updated_at address.city"),
    source_defined("customers", "id email changed_at", "changed_at", "id"),
    stream("log", "id at", supported_sync_modes=["full_refresh"]),
    stream("events", "id at", namespace="a"),
    stream("events", "id at", namespace="b"),
]

ORDERS: Json = {"stream": "orders", "sync_mode": "incremental", "destination_sync_mode": "append"}
DEDUP: Json = {**ORDERS, "cursor_field": ["updated_at"], "destination_sync_mode": "append_dedup"}
CUSTOMERS: Json = {"stream": "customers", "sync_mode": "incremental", "destination_sync_mode": "append"}
WHOLE: Json = {"sync_mode": "full_refresh", "destination_sync_mode": "overwrite"}

MISTAKES = [
    # Which stream
    Mistake(
        "no such stream",
        "stream-unknown",
        "refused",
        "No streams found with name [ordres]",
        {**WHOLE, "stream": "ordres"},
    ),
    Mistake(
        "in which namespace",
        "stream-unknown",
        "refused",
        "No streams found with name [events]",
        {**WHOLE, "stream": "events"},
    ),
    Mistake(
        "no such namespace",
        "stream-unknown",
        "refused",
        "and namespace [c]",
        {**WHOLE, "stream": "events", "namespace": "c"},
    ),
    Mistake(
        "a namespace that a stream with an unambiguous name has not",
        "stream-unknown",
        "altered",
        file={**WHOLE, "stream": "orders", "namespace": "c"},
    ),
    Mistake(
        "twice",
        "stream-duplicate",
        "refused",
        "Duplicate stream found",
        {**WHOLE, "stream": "orders"},
        {**WHOLE, "stream": "orders"},
    ),
    # Modes
    Mistake(
        "no mode at all",
        "sync-mode-invalid-pair",
        "refused",
        "Unexpected value 'incremental_overwrite'",
        {**ORDERS, "cursor_field": ["updated_at"], "destination_sync_mode": "overwrite"},
    ),
    Mistake(
        "incremental, which the source has not",
        "sync-mode-unsupported",
        "refused",
        "Cannot set sync mode to incremental_append",
        {**ORDERS, "stream": "log", "cursor_field": ["at"]},
    ),
    Mistake(
        "dedup, which the destination has not",
        "sync-mode-unsupported",
        "refused",
        "Cannot set sync mode to incremental_deduped_history",
        {**DEDUP, "primary_key": [["id"]]},
        destination="destination-append",
    ),
    Mistake(
        "overwrite, which the destination has not",
        "sync-mode-unsupported",
        "accepted",
        file={**WHOLE, "stream": "orders"},
        destination="destination-append",
    ),
    # Cursors
    Mistake("no cursor", "cursor-required", "refused", "No default cursor field", ORDERS),
    Mistake(
        "no cursor for update",
        "cursor-required",
        "accepted",
        file={**ORDERS, "destination_sync_mode": "update", "primary_key": [["id"]]},
    ),
    Mistake(
        "no such cursor",
        "cursor-unknown-field",
        "refused",
        "Invalid cursor field",
        {**ORDERS, "cursor_field": ["updated"]},
    ),
    Mistake(
        "no such cursor of a full refresh",
        "cursor-unknown-field",
        "altered",
        file={**WHOLE, "stream": "orders", "cursor_field": ["updated"]},
    ),
    Mistake(
        "another cursor than the source's",
        "cursor-source-defined",
        "refused",
        "is already defined by source",
        {**CUSTOMERS, "cursor_field": ["id"]},
    ),
    # Primary keys
    Mistake("no key for dedup", "primary-key-required", "refused", "No default primary key", DEDUP),
    Mistake(
        "no key for update",
        "primary-key-required",
        "refused",
        "No default primary key",
        {**DEDUP, "destination_sync_mode": "update"},
    ),
    Mistake(
        "no key for overwrite and dedup",
        "primary-key-required",
        "accepted",
        file={**WHOLE, "stream": "orders", "destination_sync_mode": "overwrite_dedup"},
    ),
    Mistake(
        "no such key", "primary-key-unknown-field", "refused", "Invalid primary key", {**DEDUP, "primary_key": [["ID"]]}
    ),
    Mistake(
        "no such key of append",
        "primary-key-unknown-field",
        "accepted",
        file={**ORDERS, "cursor_field": ["updated_at"], "primary_key": [["ID"]]},
    ),
    Mistake("a key twice", "primary-key-repeated", "accepted", file={**DEDUP, "primary_key": [["id"], ["id"]]}),
    Mistake(
        "another key than the source's",
        "primary-key-source-defined",
        "refused",
        "is already pre-defined",
        {**CUSTOMERS, "destination_sync_mode": "append_dedup", "primary_key": [["email"]]},
    ),
    Mistake(
        "another key than the source's for append",
        "primary-key-source-defined",
        "altered",
        file={**CUSTOMERS, "primary_key": [["email"]]},
    ),
    # Selected fields
    Mistake(
        "no such field",
        "selected-field-unknown",
        "refused",
        "Invalid fields selected",
        {**WHOLE, "stream": "orders", "fields": ["id", "mail"]},
    ),
    Mistake(
        "a field inside a field",
        "selected-field-nested",
        "refused",
        "Nested field selection not supported",
        {**WHOLE, "stream": "orders", "fields": ["id", "address.city"]},
    ),
    Mistake(
        "no field", "selected-field-none", "refused", "No fields selected", {**WHOLE, "stream": "orders", "fields": []}
    ),
    Mistake(
        "the cursor left out",
        "selected-field-missing-cursor",
        "refused",
        "Cursor field is not selected",
        {**ORDERS, "cursor_field": ["updated_at"], "fields": ["id"]},
    ),
    Mistake(
        "the source's cursor left out",
        "selected-field-missing-cursor",
        "refused",
        "Cursor field is not selected",
        {**CUSTOMERS, "fields": ["id"]},
    ),
    Mistake(
        "the key left out",
        "selected-field-missing-primary-key",
        "refused",
        "Primary key fields are not selected",
        {**DEDUP, "primary_key": [["id"]], "fields": ["updated_at"]},
    ),
    Mistake(
        "a type that the source has not",
        "selected-field-type",
        "accepted",
        file={**WHOLE, "stream": "orders", "fields": {"id": {"type": "integer"}}},
    ),
    # Mappers
    Mistake(
        "a mapper of no field",
        "mapper-unknown-field",
        "refused",
        "Field not found: mail",
        {**WHOLE, "stream": "orders", "mappers": [hashing("mail")]},
    ),
    Mistake(
        "a mapper of the cursor",
        "mapper-changes-cursor",
        "accepted",
        file={**ORDERS, "cursor_field": ["updated_at"], "mappers": [hashing("updated_at")]},
    ),
    Mistake(
        "a mapper of the key",
        "mapper-changes-primary-key",
        "accepted",
        file={**DEDUP, "primary_key": [["id"]], "mappers": [hashing("id")]},
    ),
    # Connections
    Mistake("no stream", "no-streams", "altered", file={**WHOLE, "stream": "orders", "selected": False}),
    Mistake(
        "five fields",
        "cron-five-fields",
        "refused",
        "contains 5 parts",
        {**WHOLE, "stream": "orders"},
        connection={"schedule": {"cron": "0 * * * *"}},
    ),
    Mistake(
        "seconds with a step",
        "cron-syntax",
        "refused",
        "cannot be `*`",
        {**WHOLE, "stream": "orders"},
        connection={"schedule": {"cron": "0/30 0 * * * ?"}},
    ),
    Mistake(
        "both days",
        "cron-syntax",
        "refused",
        "day-of-week AND a day-of-month",
        {**WHOLE, "stream": "orders"},
        connection={"schedule": {"cron": "0 0 0 * * *"}},
    ),
    Mistake(
        "a time zone",
        "cron-timezone",
        "refused",
        "Error: Invalid period",
        {**WHOLE, "stream": "orders"},
        connection={"schedule": {"cron": "0 0 0 * * ? Europe/Berlin"}},
    ),
    Mistake(
        "more often than the plan allows",
        "cron-too-frequent",
        "refused",
        "fires more often than every 15 minutes",
        {**WHOLE, "stream": "orders"},
        connection={"schedule": {"cron": "0 0/5 * * * ?"}},
    ),
    Mistake(
        "two streams in one table",
        "table-collision",
        "accepted",
        file={**WHOLE, "stream": "events", "namespace": "a"},
        beside={**WHOLE, "stream": "events", "namespace": "b"},
    ),
    Mistake(
        "columns that come by themselves",
        "drift-prone",
        "accepted",
        file={**WHOLE, "stream": "orders", "fields": ["id"]},
        connection={"schema_changes": "propagate_columns"},
    ),
]

# The same without the mistake.
RIGHT = [
    {**WHOLE, "stream": "orders"},
    {**WHOLE, "stream": "events", "namespace": "b"},
    {**ORDERS, "cursor_field": ["updated_at"]},
    {**ORDERS, "cursor_field": ["address", "city"], "fields": ["id", "address"]},
    {**DEDUP, "primary_key": [["id"]]},
    {**DEDUP, "primary_key": [["address", "city"], ["id"]], "fields": ["id", "address", "updated_at"]},
    CUSTOMERS,
    {**CUSTOMERS, "destination_sync_mode": "append_dedup", "primary_key": [["id"]], "cursor_field": ["changed_at"]},
    {**CUSTOMERS, "destination_sync_mode": "append_dedup", "fields": ["id", "changed_at"]},
    {**DEDUP, "destination_sync_mode": "update", "primary_key": [["id"]]},
    {**DEDUP, "destination_sync_mode": "soft_delete"},
    {**WHOLE, "stream": "orders", "destination_sync_mode": "overwrite_dedup", "primary_key": [["id"]]},
    {**WHOLE, "stream": "log", "destination_sync_mode": "append"},
    {**WHOLE, "stream": "orders", "mappers": [hashing("email")]},
]
