-- The newest row of each key of the stream order_refunds. A key that is deleted stays, with _lake_deleted.
{{ config(
    materialized='incremental', incremental_strategy='lake_merge',
    unique_key=['id'],
    meta={'newest_by': ['_airbyte_extracted_at', 'created_at', '_lake_file', '_lake_row', '_lake_batch']}
) }}

with landed as (
    select * from {{ source('landing', 'shopify__order_refunds') }}
    {% if is_incremental() %}
    where {{ lake_unseen(source('landing', 'shopify__order_refunds')) }}
    {% endif %}
),

typed as (
    select
        cast(id as bigint) as id,
        cast(order_id as bigint) as order_id,
        cast(created_at as timestamp with time zone) as created_at,
        cast(note as varchar) as note,
        cast(refund_line_items as json) as refund_line_items,
        cast(transactions as json) as transactions,
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
        created_at desc nulls last,
        _lake_file desc nulls last,
        _lake_row desc nulls last,
        _lake_batch desc nulls last
) = 1
