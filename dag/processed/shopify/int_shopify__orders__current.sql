-- What is there: the rows of int_shopify__orders that were not deleted.
{{ config(materialized='lake_view') }}

select * exclude (_lake_deleted) from {{ ref('int_shopify__orders') }}
where not _lake_deleted
