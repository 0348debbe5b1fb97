select id, nmae as name from {{ source('landing', 'faker__users') }}
