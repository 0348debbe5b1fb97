-- The newest row of each key of the stream orders. A key that is deleted stays, with _lake_deleted.
{{ config(
    materialized='incremental', incremental_strategy='lake_merge',
    unique_key=['id'],
    meta={'newest_by': ['_airbyte_extracted_at', 'updated_at', '_lake_file', '_lake_row', '_lake_batch']}
) }}

with landed as (
    select * from {{ source('landing', 'postgres__public_orders') }}
    {% if is_incremental() %}
    where {{ lake_unseen(source('landing', 'postgres__public_orders')) }}
    {% endif %}
),

typed as (
    select
        cast(id as bigint) as id,
        cast(customer_id as bigint) as customer_id,
        cast(status as varchar) as status,
        cast(total as double) as total,
        cast(updated_at as timestamp with time zone) as updated_at,
        _airbyte_extracted_at,
        _lake_file,
        _lake_row,
        _lake_batch,
        false as _lake_deleted
    from landed
)

select * from typed
qualify row_number() over (
    partition by id
    order by
        _airbyte_extracted_at desc nulls last,
        updated_at desc nulls last,
        _lake_file desc nulls last,
        _lake_row desc nulls last,
        _lake_batch desc nulls last
) = 1
