-- The newest row of each key of the stream orders. A key that is deleted stays, with _lake_deleted.
{{ config(
    materialized='incremental', incremental_strategy='lake_merge',
    unique_key=['id'],
    meta={'newest_by': ['_airbyte_extracted_at', 'updated_at', '_lake_file', '_lake_row', '_lake_batch']}
) }}

with landed as (
    select * from {{ source('landing', 'shopify__orders') }}
    {% if is_incremental() %}
    where {{ lake_unseen(source('landing', 'shopify__orders')) }}
    {% endif %}
),

typed as (
    select
        cast(id as bigint) as id,
        cast(name as varchar) as name,
        cast(email as varchar) as email,
        cast(created_at as timestamp with time zone) as created_at,
        cast(updated_at as timestamp with time zone) as updated_at,
        cast(currency as varchar) as currency,
        cast(total_price as double) as total_price,
        cast(financial_status as varchar) as financial_status,
        cast(fulfillment_status as varchar) as fulfillment_status,
        cast(customer as json) as customer,
        cast(line_items as json) as line_items,
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
