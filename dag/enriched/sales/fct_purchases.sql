-- What people bought: a row for each purchase that was not returned.
select
    purchases.id as purchase_id,
    purchases.purchased_at,
    users.id as user_id,
    users.nationality,
    users.address__city as city,
    products.make,
    products.model,
    products.price
from {{ ref('int_faker__purchases__current') }} as purchases
join {{ ref('int_faker__users__current') }} as users on users.id = purchases.user_id
join {{ ref('int_faker__products__current') }} as products on products.id = purchases.product_id
where purchases.returned_at is null
