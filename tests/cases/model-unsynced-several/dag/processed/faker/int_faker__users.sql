with renamed as (
    select * from {{ source('landing', 'faker__users') }}
)
select u.id, u.name, u.nmae as nickname
from renamed as u
left join {{ source('landing', 'faker__user') }} as old on old.id = u.id
where u.deleted_at is null and u._airbyte_extracted_at is not null
