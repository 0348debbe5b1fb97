-- The newest row of each key of the stream customers. A key that is deleted stays, with _lake_deleted.
{{ config(
    materialized='incremental', incremental_strategy='lake_merge',
    unique_key=['id'],
    meta={'newest_by': ['_airbyte_extracted_at', 'updated_at', '_lake_file', '_lake_row', '_lake_batch']}
) }}

with landed as (
    select * from {{ source('landing', 'shopify__customers') }}
    {% if is_incremental() %}
    where {{ lake_unseen(source('landing', 'shopify__customers')) }}
    {% endif %}
),

typed as (
    select
        cast(id as bigint) as id,
        cast(email as varchar) as email,
        cast(first_name as varchar) as first_name,
        cast(last_name as varchar) as last_name,
        cast(created_at as timestamp with time zone) as created_at,
        cast(updated_at as timestamp with time zone) as updated_at,
        cast(orders_count as bigint) as orders_count,
        cast(total_spent as varchar) as total_spent,
        cast(tags as varchar) as tags,
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
