-- What is there: the rows of int_shopify__order_refunds that were not deleted.
{{ config(materialized='lake_view') }}

select * exclude (_lake_deleted) from {{ ref('int_shopify__order_refunds') }}
where not _lake_deleted
