-- The newest row of each key of the stream users. A key that is deleted stays, with _lake_deleted.
{{ config(
    materialized='incremental', incremental_strategy='lake_merge',
    unique_key=['id'],
    meta={'newest_by': ['_airbyte_extracted_at', 'updated_at', '_lake_file', '_lake_row', '_lake_batch']}
) }}

with landed as (
    select * from {{ source('landing', 'faker__users') }}
    {% if is_incremental() %}
    where {{ lake_unseen(source('landing', 'faker__users')) }}
    {% endif %}
),

typed as (
    select
        cast(academic_degree as varchar) as academic_degree,
        cast(address['city'] as varchar) as address__city,
        cast(address['country_code'] as varchar) as address__country_code,
        cast(address['postal_code'] as varchar) as address__postal_code,
        cast(address['province'] as varchar) as address__province,
        cast(address['state'] as varchar) as address__state,
        cast(address['street_name'] as varchar) as address__street_name,
        cast(address['street_number'] as varchar) as address__street_number,
        cast(age as bigint) as age,
        cast(blood_type as varchar) as blood_type,
        cast(created_at as timestamp with time zone) as created_at,
        cast(email as varchar) as email,
        cast(gender as varchar) as gender,
        cast(height as varchar) as height,
        cast(id as bigint) as id,
        cast(language as varchar) as language,
        cast(name as varchar) as name,
        cast(nationality as varchar) as nationality,
        cast(occupation as varchar) as occupation,
        cast(telephone as varchar) as telephone,
        cast(title as varchar) as title,
        cast(updated_at as timestamp with time zone) as updated_at,
        cast(weight as bigint) as weight,
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
