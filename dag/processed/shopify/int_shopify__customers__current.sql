-- What is there: the rows of int_shopify__customers that were not deleted.
{{ config(materialized='lake_view') }}

select * exclude (_lake_deleted) from {{ ref('int_shopify__customers') }}
where not _lake_deleted
