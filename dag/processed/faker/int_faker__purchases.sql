-- The newest row of each key of the stream purchases. A key that is deleted stays, with _lake_deleted.
{{ config(
    materialized='incremental', incremental_strategy='lake_merge',
    unique_key=['id'],
    meta={'newest_by': ['_airbyte_extracted_at', 'updated_at', '_lake_file', '_lake_row', '_lake_batch']}
) }}

with landed as (
    select * from {{ source('landing', 'faker__purchases') }}
    {% if is_incremental() %}
    where {{ lake_unseen(source('landing', 'faker__purchases')) }}
    {% endif %}
),

typed as (
    select
        cast(added_to_cart_at as timestamp with time zone) as added_to_cart_at,
        cast(created_at as timestamp with time zone) as created_at,
        cast(id as bigint) as id,
        cast(product_id as bigint) as product_id,
        cast(purchased_at as timestamp with time zone) as purchased_at,
        cast(returned_at as timestamp with time zone) as returned_at,
        cast(updated_at as timestamp with time zone) as updated_at,
        cast(user_id as bigint) as user_id,
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
