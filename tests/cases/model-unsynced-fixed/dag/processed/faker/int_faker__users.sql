select id, name from {{ source('landing', 'faker__users') }}
