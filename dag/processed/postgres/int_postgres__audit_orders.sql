-- The rows that the latest sync of the stream orders has brought so far.
{{ config(materialized='lake_view') }}

with landed as (
    select * from {{ source('landing', 'postgres__audit_orders') }}
    where _airbyte_meta['sync_id'] = (select max(_airbyte_meta['sync_id']) from {{ source('landing', 'postgres__audit_orders') }})
),

typed as (
    select
        cast(order_id as bigint) as order_id,
        cast(changed_by as varchar) as changed_by,
        cast(changed_at as timestamp with time zone) as changed_at,
        cast(change as json) as change,
        _airbyte_extracted_at,
        _lake_file,
        _lake_row,
        _lake_batch
    from landed
)

select * from typed
