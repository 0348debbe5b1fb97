-- The newest row of each key of the stream events. A key that is deleted stays, with _lake_deleted.
{{ config(
    materialized='incremental', incremental_strategy='lake_merge',
    unique_key=['id'],
    meta={'newest_by': ['_airbyte_extracted_at', 'datetime', '_lake_file', '_lake_row', '_lake_batch']}
) }}

with landed as (
    select * from {{ source('landing', 'klaviyo__events') }}
    {% if is_incremental() %}
    where {{ lake_unseen(source('landing', 'klaviyo__events')) }}
    {% endif %}
),

typed as (
    select
        cast(attributes['datetime'] as timestamp with time zone) as attributes__datetime,
        cast(attributes['event_properties'] as varchar) as attributes__event_properties,
        cast(attributes['timestamp'] as bigint) as attributes__timestamp,
        cast(attributes['uuid'] as varchar) as attributes__uuid,
        cast(datetime as timestamp with time zone) as datetime,
        cast(id as varchar) as id,
        cast(links['self'] as varchar) as links__self,
        cast(relationships['attributions']['data'] as STRUCT("id" VARCHAR, "type" VARCHAR)[]) as relationships__attributions__data,
        cast(relationships['attributions']['links']['related'] as varchar) as relationships__attributions__links__related,
        cast(relationships['attributions']['links']['self'] as varchar) as relationships__attributions__links__self,
        cast(relationships['metric']['data']['id'] as varchar) as relationships__metric__data__id,
        cast(relationships['metric']['data']['type'] as varchar) as relationships__metric__data__type,
        cast(relationships['metric']['links']['related'] as varchar) as relationships__metric__links__related,
        cast(relationships['metric']['links']['self'] as varchar) as relationships__metric__links__self,
        cast(relationships['profile']['data']['id'] as varchar) as relationships__profile__data__id,
        cast(relationships['profile']['data']['type'] as varchar) as relationships__profile__data__type,
        cast(relationships['profile']['links']['related'] as varchar) as relationships__profile__links__related,
        cast(relationships['profile']['links']['self'] as varchar) as relationships__profile__links__self,
        cast(type as varchar) as type,
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
        datetime desc nulls last,
        _lake_file desc nulls last,
        _lake_row desc nulls last,
        _lake_batch desc nulls last
) = 1
