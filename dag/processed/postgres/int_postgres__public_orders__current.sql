-- What is there: the rows of int_postgres__public_orders that were not deleted.
{{ config(materialized='lake_view') }}

select * exclude (_lake_deleted) from {{ ref('int_postgres__public_orders') }}
where not _lake_deleted
