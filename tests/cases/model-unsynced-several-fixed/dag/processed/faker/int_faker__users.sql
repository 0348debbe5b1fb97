with renamed as (
    select * from {{ source('landing', 'faker__users') }}
)
select u.id, u.name, u.name as nickname
from renamed as u
where u._airbyte_extracted_at is not null
