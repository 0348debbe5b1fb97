"""Edits of a small lake with dbt models, each with all that a stream or field then reaches, written by hand.

A line of what is reached is `<model>.<column> <how>`, or `<model> <how>` for the model as a whole; `?<model>` says that
it cannot be known. A file that is None is taken away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tests.support.lakes import CONNECTION, DESTINATION, LAKE, SOURCE

ORDERS = """\
{"fields": {
  "id": {"type": "integer"},
  "customer_id": {"type": "integer"},
  "status": {"type": "string"},
  "total": {"type": "number"},
  "updated_at": {"type": "string", "format": "date-time"},
  "customer": {"type": "object", "properties": {
    "email": {"type": "string"},
    "address": {"type": "object", "properties": {"city": {"type": "string"}, "zip": {"type": "string"}}}}},
  "items": {"type": "array", "items": {"type": "object", "properties": {
    "sku": {"type": "string"}, "quantity": {"type": "integer"}}}}
}}
"""

CUSTOMERS = '{"fields": {"id": {"type": "integer"}, "name": {"type": "string"}, "vip": {"type": "boolean"}}}\n'

STG = "dag/processed/faker/stg_orders.sql"
INT = "dag/processed/faker/int_orders.sql"
PEOPLE = "dag/processed/faker/int_people.sql"
FCT = "dag/enriched/shop/fct_sales.sql"
YAML = "dag/enriched/shop/shop.yml"

LAKE_OF_MODELS: Mapping[str, str | bytes] = {
    "dag/registry/lake.yaml": LAKE + SOURCE + DESTINATION + CONNECTION,
    "dag/streams/faker/orders.json": ORDERS,
    "dag/streams/faker/customers.json": CUSTOMERS,
    STG: "select id, customer_id, status, total, updated_at from {{ source('landing', 'faker__orders') }}\n",
    INT: "select id, customer_id, total from {{ ref('stg_orders') }} where status <> 'draft'\n",
    PEOPLE: "select id, name from {{ source('landing', 'faker__customers') }}\n",
    FCT: """\
select p.name, sum(o.total) as sales
from {{ ref('int_orders') }} as o
join {{ ref('int_people') }} as p on p.id = o.customer_id
group by p.name
""",
    YAML: "exposures:\n  - name: board\n    type: dashboard\n    depends_on: [\"ref('fct_sales')\"]\n",
}


@dataclass(frozen=True)
class Edit:
    """One edit.

    Attributes:
        files: what is written over the lake.
        asked: what `lakeform impact` is asked for.
        reached: the lines, sorted.
    """

    files: Mapping[str, str | None]
    asked: str
    reached: str

    @property
    def lines(self) -> list[str]:
        """What is reached, a line each."""
        return sorted(line.strip() for line in self.reached.strip().splitlines())


_SOURCE = "{{ source('landing', 'faker__orders') }}"
_TAIL = "fct_sales.sales value\n!board"
# What a field reaches that decides the rows of int_orders.
_ROWS = "fct_sales rows\n!board"

EDITS: Mapping[str, Edit] = {
    "nothing changed, a value": Edit(
        {}, "faker.orders.total", f"stg_orders.total value\nint_orders.total value\n{_TAIL}"
    ),
    "nothing changed, a filter": Edit(
        {}, "faker.orders.status", f"stg_orders.status value\nint_orders filter\n{_ROWS}"
    ),
    "nothing changed, a key of a join": Edit(
        {},
        "faker.orders.customer_id",
        "stg_orders.customer_id value\nint_orders.customer_id value\nfct_sales join\n!board",
    ),
    "nothing changed, a field that ends early": Edit({}, "faker.orders.updated_at", "stg_orders.updated_at value"),
    "nothing changed, a field that nobody reads": Edit({}, "faker.customers.vip", ""),
    "a group": Edit({}, "faker.customers.name", "int_people.name value\nfct_sales.name value\nfct_sales group\n!board"),
    "a renamed column": Edit(
        {
            STG: f"select id, customer_id, status as state, total from {_SOURCE}\n",
            INT: "select id, customer_id, total from {{ ref('stg_orders') }} where state <> 'draft'\n",
        },
        "faker.orders.status",
        f"stg_orders.state value\nint_orders filter\n{_ROWS}",
    ),
    "a star": Edit(
        {STG: f"select * from {_SOURCE}\n"},
        "faker.orders.total",
        f"stg_orders.total value\nint_orders.total value\n{_TAIL}",
    ),
    "two stars": Edit(
        {STG: f"select * from {_SOURCE}\n", INT: "select s.* from {{ ref('stg_orders') }} as s\n"},
        "faker.orders.total",
        f"stg_orders.total value\nint_orders.total value\n{_TAIL}",
    ),
    "a star without the column": Edit(
        {STG: f"select * exclude (updated_at) from {_SOURCE}\n"}, "faker.orders.updated_at", "stg_orders exclude"
    ),
    "a star with another value": Edit(
        {STG: f"select * replace (round(total * customer_id) as total) from {_SOURCE}\n"},
        "faker.orders.customer_id",
        """
        stg_orders.customer_id value
        stg_orders.total value
        int_orders.customer_id value
        int_orders.total value
        fct_sales.sales value
        fct_sales join
        !board
        """,
    ),
    "a star that renames": Edit(
        {
            STG: f"select * rename (total as amount) from {_SOURCE}\n",
            INT: "select id, customer_id, amount as total from {{ ref('stg_orders') }}\n",
        },
        "faker.orders.total",
        f"stg_orders.amount value\nint_orders.total value\n{_TAIL}",
    ),
    "CTEs, one of which chooses": Edit(
        {
            INT: """\
with source as (select * from {{ ref('stg_orders') }}),
ranked as (select *, row_number() over (partition by id order by updated_at desc) as nth from source),
newest as (select * exclude (nth) from ranked where nth = 1)
select id, customer_id, total from newest
"""
        },
        "faker.orders.updated_at",
        f"stg_orders.updated_at value\nint_orders window\nint_orders filter\n{_ROWS}",
    ),
    "a CTE whose columns are named": Edit(
        {
            INT: "with t (a, b, c) as (select id, customer_id, total from {{ ref('stg_orders') }})\n"
            "select a as id, b as customer_id, c as total from t\n"
        },
        "faker.orders.total",
        f"stg_orders.total value\nint_orders.total value\n{_TAIL}",
    ),
    "a recursive CTE": Edit(
        {
            INT: "with recursive t as (select id, customer_id, total from {{ ref('stg_orders') }} union all\n"
            "select id + 1, customer_id, total from t where total < 10) select * from t\n"
        },
        "faker.orders.total",
        f"stg_orders.total value\nint_orders.total value\nint_orders filter\nfct_sales rows\n{_TAIL}",
    ),
    "a join by USING": Edit(
        {FCT: "select name, total as sales from {{ ref('int_orders') }} join {{ ref('int_people') }} using (id)\n"},
        "faker.customers.id",
        "int_people.id value\nfct_sales join\n!board",
    ),
    "an unqualified name in a join": Edit(
        {
            INT: f"select o.id, customer_id, total, name from {_SOURCE} as o\n"
            "left join {{ source('landing', 'faker__customers') }} as c on c.id = customer_id and vip\n"
        },
        "faker.customers.vip",
        f"int_orders join\n{_ROWS}",
    ),
    "a union by place": Edit(
        {
            INT: "select id, customer_id, total from {{ ref('stg_orders') }}\n"
            "union all select id, 0, vip::int from {{ source('landing', 'faker__customers') }}\n"
        },
        "faker.customers.vip",
        f"int_orders.total value\n{_TAIL}",
    ),
    "a subquery in WHERE": Edit(
        {
            INT: "select id, customer_id, total from {{ ref('stg_orders') }} as o where exists (\n"
            "select 1 from {{ source('landing', 'faker__customers') }} as c where c.id = o.customer_id and c.vip)\n"
        },
        "faker.customers.vip",
        f"int_orders filter\n{_ROWS}",
    ),
    "a subquery as a value": Edit(
        {
            INT: "select id, customer_id, (select max(c.vip::int) from {{ source('landing', 'faker__customers') }} as c)\n"
            "as total from {{ ref('stg_orders') }}\n"
        },
        "faker.customers.vip",
        f"int_orders.total value\n{_TAIL}",
    ),
    "QUALIFY": Edit(
        {
            INT: "select id, customer_id, total from {{ ref('stg_orders') }}\n"
            "qualify row_number() over newest = 1 window newest as (partition by id order by updated_at)\n"
        },
        "faker.orders.updated_at",
        f"stg_orders.updated_at value\nint_orders window\nint_orders filter\n{_ROWS}",
    ),
    "an order with a limit": Edit(
        {INT: "select id, customer_id, total from {{ ref('stg_orders') }} order by updated_at limit 10\n"},
        "faker.orders.updated_at",
        f"stg_orders.updated_at value\nint_orders order\nint_orders filter\n{_ROWS}",
    ),
    "an order by place, without a limit": Edit(
        {INT: "select id, customer_id, total from {{ ref('stg_orders') }} order by 3\n"},
        "faker.orders.total",
        f"stg_orders.total value\nint_orders.total value\nint_orders order\n{_TAIL}",
    ),
    "a nested field by dots": Edit(
        {
            STG: f"select id, customer_id, status, total, o.customer.address.city as town, customer.email from {_SOURCE} as o\n"
        },
        "faker.orders.customer.address.city",
        "stg_orders.town value",
    ),
    "another nested field": Edit(
        {
            STG: f"select id, customer_id, status, total, o.customer.address.city as town, customer.email from {_SOURCE} as o\n"
        },
        "faker.orders.customer.address.zip",
        "",
    ),
    "a nested field by JSON": Edit(
        {STG: f"select id, customer_id, status, customer::json->'address'->>'$.city' as town, total from {_SOURCE}\n"},
        "faker.orders.customer.address.city",
        "stg_orders.town value",
    ),
    "somewhere in a column": Edit(
        {STG: f"select id, customer_id, status, total, md5(customer::varchar) as mark from {_SOURCE}\n"},
        "faker.orders.customer.email",
        "stg_orders.mark value somewhere in customer",
    ),
    "a nested field behind a star": Edit(
        {
            STG: f"select * from {_SOURCE}\n",
            INT: "select id, customer_id, total, customer['email'] as mail from {{ ref('stg_orders') }}\n",
        },
        "faker.orders.customer.email",
        "stg_orders.customer value somewhere in customer\nint_orders.mail value",
    ),
    "an unnested list": Edit(
        {
            INT: f"select o.id, o.customer_id, i.item.quantity as total from {_SOURCE} as o, unnest(o.items) as i(item)\n"
        },
        "faker.orders.items.quantity",
        f"int_orders.total value\n{_TAIL}",
    ),
    "a list that is unnested in the SELECT": Edit(
        {
            INT: f"with i as (select id, customer_id, unnest(items) as item from {_SOURCE})\n"
            "select id, customer_id, item.quantity as total from i where item.sku <> 'gift'\n"
        },
        "faker.orders.items.sku",
        f"int_orders filter\n{_ROWS}",
    ),
    "only where it is incremental": Edit(
        {
            INT: "select id, customer_id, total from {{ ref('stg_orders') }}\n"
            "{% if is_incremental() %}where updated_at > (select max(total) from {{ this }}){% endif %}\n"
        },
        "faker.orders.updated_at",
        f"stg_orders.updated_at value\nint_orders filter\n{_ROWS}",
    ),
    "the key by which dbt merges": Edit(
        {
            INT: "{{ config(materialized='incremental', unique_key=['id']) }}\n"
            "select id, customer_id, total from {{ ref('stg_orders') }}\n"
        },
        "faker.orders.id",
        f"stg_orders.id value\nint_orders.id value\nint_orders key\n{_ROWS}",
    ),
    "columns in a loop": Edit(
        {
            STG: "{% set columns = ['id', 'customer_id', 'total', 'status'] %}\nselect\n"
            "{% for column in columns %}{{ column }}{% if not loop.last %}, {% endif %}{% endfor %}\n"
            f"from {_SOURCE}\n"
        },
        "faker.orders.total",
        f"stg_orders.total value\nint_orders.total value\n{_TAIL}",
    ),
    "a variable": Edit(
        {
            STG: f"select id, customer_id, status, {{{{ var('money') }}}} as total from {_SOURCE}\n",
            "dag/dbt_project.yml": "name: shop\nvars:\n  money: total\n",
        },
        "faker.orders.total",
        f"stg_orders.total value\nint_orders.total value\n{_TAIL}",
    ),
    "a macro": Edit(
        {INT: "select {{ dbt_utils.star(ref('stg_orders')) }} from {{ ref('stg_orders') }}\n"},
        "faker.orders.total",
        "stg_orders.total value\n?int_orders\n?fct_sales\n?!board",
    ),
    "a macro, asked for another stream": Edit(
        {STG: "{{ unioned('faker') }}\n"},
        "faker.customers.name",
        "int_people.name value\nfct_sales.name value\nfct_sales group\n!board\n?stg_orders\n?int_orders\n?fct_sales",
    ),
    "a relation that is not written": Edit(
        {INT: "select id, customer_id, total from {{ ref(var('which', 'stg_orders')) }}\n"},
        "faker.orders.total",
        "stg_orders.total value\n?int_orders\n?fct_sales\n?!board",
    ),
    "a model that is gone": Edit(
        {STG: None},
        "faker.orders.total",
        "?int_orders\n?fct_sales\n?!board",
    ),
    "a table by its own name": Edit(
        {
            INT: "select stg_orders.id, customer_id, stg_orders.total from {{ ref('stg_orders') }}\n"
            "where stg_orders.status <> 'draft'\n",
            STG: f"select faker__orders.*, landing.faker__orders.customer.email as mail from {_SOURCE}\n",
        },
        "faker.orders.total",
        f"stg_orders.total value\nint_orders.total value\n{_TAIL}",
    ),
    "a nested field by the table's own name": Edit(
        {STG: f"select id, landing.faker__orders.customer.email as mail from {_SOURCE}\n"},
        "faker.orders.customer.email",
        "stg_orders.mail value",
    ),
    "columns by a pattern": Edit(
        {STG: f"select * like 't%' from {_SOURCE}\n"},
        "faker.orders.total",
        f"stg_orders.* value\nint_orders.id value\nint_orders.customer_id value\nint_orders.total value\n"
        f"int_orders filter\nfct_sales rows\nfct_sales join\n{_TAIL}",
    ),
    "the living rows": Edit(
        {STG: "select id, customer_id, status, total from {{ source('landing', 'faker__orders__current') }}\n"},
        "faker.orders.total",
        f"stg_orders.total value\nint_orders.total value\n{_TAIL}",
    ),
    "a field that the stream renames": Edit(
        {
            "dag/streams/faker/orders.json": ORDERS.rstrip()[:-1]
            + ', "mappers": [{"type": "field-renaming", "mapper_configuration": {"field_renaming": {"original_field_name": "total", "new_field_name": "amount"}}}]}\n',
            STG: f"select id, customer_id, status, amount as total from {_SOURCE}\n",
        },
        "faker.orders.total",
        f"stg_orders.total value\nint_orders.total value\n{_TAIL}",
    ),
}
