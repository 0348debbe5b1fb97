-- The newest row of each key of the stream lists. A key that is deleted stays, with _lake_deleted.
{{ config(
    materialized='incremental', incremental_strategy='lake_merge',
    unique_key=['id'],
    meta={'newest_by': ['_airbyte_extracted_at', 'updated', '_lake_file', '_lake_row', '_lake_batch']}
) }}

with landed as (
    select * from {{ source('landing', 'klaviyo__lists') }}
    {% if is_incremental() %}
    where {{ lake_unseen(source('landing', 'klaviyo__lists')) }}
    {% endif %}
),

typed as (
    select
        cast(attributes['created'] as timestamp with time zone) as attributes__created,
        cast(attributes['name'] as varchar) as attributes__name,
        cast(attributes['opt_in_process'] as varchar) as attributes__opt_in_process,
        cast(attributes['updated'] as timestamp with time zone) as attributes__updated,
        cast(id as varchar) as id,
        cast(links['self'] as varchar) as links__self,
        cast(relationships['flow_triggers']['data']['id'] as varchar) as relationships__flow_triggers__data__id,
        cast(relationships['flow_triggers']['data']['type'] as varchar) as relationships__flow_triggers__data__type,
        cast(relationships['flow_triggers']['links']['related'] as varchar) as relationships__flow_triggers__links__related,
        cast(relationships['flow_triggers']['links']['self'] as varchar) as relationships__flow_triggers__links__self,
        cast(relationships['profiles']['links']['related'] as varchar) as relationships__profiles__links__related,
        cast(relationships['profiles']['links']['self'] as varchar) as relationships__profiles__links__self,
        cast(relationships['tags']['data'] as STRUCT("id" VARCHAR, "type" VARCHAR)[]) as relationships__tags__data,
        cast(relationships['tags']['links']['related'] as varchar) as relationships__tags__links__related,
        cast(relationships['tags']['links']['self'] as varchar) as relationships__tags__links__self,
        cast(type as varchar) as type,
        cast(updated as timestamp with time zone) as updated,
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
        updated desc nulls last,
        _lake_file desc nulls last,
        _lake_row desc nulls last,
        _lake_batch desc nulls last
) = 1
