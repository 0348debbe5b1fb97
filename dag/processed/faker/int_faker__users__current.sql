-- What is there: the rows of int_faker__users that were not deleted.
{{ config(materialized='lake_view') }}

select * exclude (_lake_deleted) from {{ ref('int_faker__users') }}
where not _lake_deleted
