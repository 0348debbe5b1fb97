-- What is there: the rows of int_klaviyo__profiles that were not deleted.
{{ config(materialized='lake_view') }}

select * exclude (_lake_deleted) from {{ ref('int_klaviyo__profiles') }}
where not _lake_deleted
