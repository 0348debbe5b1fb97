-- The newest row of each key of the stream profiles. A key that is deleted stays, with _lake_deleted.
{{ config(
    materialized='incremental', incremental_strategy='lake_merge',
    unique_key=['id'],
    meta={'newest_by': ['_airbyte_extracted_at', 'updated', '_lake_file', '_lake_row', '_lake_batch']}
) }}

with landed as (
    select * from {{ source('landing', 'klaviyo__profiles') }}
    {% if is_incremental() %}
    where {{ lake_unseen(source('landing', 'klaviyo__profiles')) }}
    {% endif %}
),

typed as (
    select
        cast(attributes['anonymous_id'] as varchar) as attributes__anonymous_id,
        cast(attributes['created'] as timestamp with time zone) as attributes__created,
        cast(attributes['email'] as varchar) as attributes__email,
        cast(attributes['external_id'] as varchar) as attributes__external_id,
        cast(attributes['first_name'] as varchar) as attributes__first_name,
        cast(attributes['image'] as varchar) as attributes__image,
        cast(attributes['last_event_date'] as timestamp with time zone) as attributes__last_event_date,
        cast(attributes['last_name'] as varchar) as attributes__last_name,
        cast(attributes['locale'] as varchar) as attributes__locale,
        cast(attributes['location']['address1'] as varchar) as attributes__location__address1,
        cast(attributes['location']['address2'] as varchar) as attributes__location__address2,
        cast(attributes['location']['city'] as varchar) as attributes__location__city,
        cast(attributes['location']['country'] as varchar) as attributes__location__country,
        cast(attributes['location']['ip'] as varchar) as attributes__location__ip,
        cast(attributes['location']['latitude'] as STRUCT("type" VARCHAR, "number" DOUBLE, "string" VARCHAR)) as attributes__location__latitude,
        cast(attributes['location']['longitude'] as STRUCT("type" VARCHAR, "number" DOUBLE, "string" VARCHAR)) as attributes__location__longitude,
        cast(attributes['location']['region'] as varchar) as attributes__location__region,
        cast(attributes['location']['timezone'] as varchar) as attributes__location__timezone,
        cast(attributes['location']['zip'] as varchar) as attributes__location__zip,
        cast(attributes['organization'] as varchar) as attributes__organization,
        cast(attributes['phone_number'] as varchar) as attributes__phone_number,
        cast(attributes['predictive_analytics']['average_days_between_orders'] as double) as attributes__predictive_analytics__average_days_between_orders,
        cast(attributes['predictive_analytics']['average_order_value'] as double) as attributes__predictive_analytics__average_order_value,
        cast(attributes['predictive_analytics']['churn_probability'] as double) as attributes__predictive_analytics__churn_probability,
        cast(attributes['predictive_analytics']['expected_date_of_next_order'] as varchar) as attributes__predictive_analytics__expected_date_of_next_order,
        cast(attributes['predictive_analytics']['historic_clv'] as double) as attributes__predictive_analytics__historic_clv,
        cast(attributes['predictive_analytics']['historic_number_of_orders'] as bigint) as attributes__predictive_analytics__historic_number_of_orders,
        cast(attributes['predictive_analytics']['predicted_clv'] as double) as attributes__predictive_analytics__predicted_clv,
        cast(attributes['predictive_analytics']['predicted_number_of_orders'] as double) as attributes__predictive_analytics__predicted_number_of_orders,
        cast(attributes['predictive_analytics']['total_clv'] as double) as attributes__predictive_analytics__total_clv,
        cast(attributes['properties'] as varchar) as attributes__properties,
        cast(attributes['subscriptions']['email']['marketing']['can_receive_email_marketing'] as boolean) as attributes__subscriptions__email__marketing__can_receive_email_marketing,
        cast(attributes['subscriptions']['email']['marketing']['consent'] as varchar) as attributes__subscriptions__email__marketing__consent,
        cast(attributes['subscriptions']['email']['marketing']['consent_timestamp'] as timestamp with time zone) as attributes__subscriptions__email__marketing__consent_timestamp,
        cast(attributes['subscriptions']['email']['marketing']['custom_method_detail'] as varchar) as attributes__subscriptions__email__marketing__custom_method_detail,
        cast(attributes['subscriptions']['email']['marketing']['double_optin'] as boolean) as attributes__subscriptions__email__marketing__double_optin,
        cast(attributes['subscriptions']['email']['marketing']['last_updated'] as timestamp with time zone) as attributes__subscriptions__email__marketing__last_updated,
        cast(attributes['subscriptions']['email']['marketing']['list_suppressions'] as STRUCT("list_id" VARCHAR, "reason" VARCHAR, "timestamp" TIMESTAMP WITH TIME ZONE)[]) as attributes__subscriptions__email__marketing__list_suppressions,
        cast(attributes['subscriptions']['email']['marketing']['method'] as varchar) as attributes__subscriptions__email__marketing__method,
        cast(attributes['subscriptions']['email']['marketing']['method_detail'] as varchar) as attributes__subscriptions__email__marketing__method_detail,
        cast(attributes['subscriptions']['email']['marketing']['suppressions'] as STRUCT("reason" VARCHAR, "timestamp" TIMESTAMP WITH TIME ZONE)[]) as attributes__subscriptions__email__marketing__suppressions,
        cast(attributes['subscriptions']['email']['marketing']['timestamp'] as timestamp with time zone) as attributes__subscriptions__email__marketing__timestamp,
        cast(attributes['subscriptions']['mobile_push']['marketing']['can_receive_sms_marketing'] as boolean) as attributes__subscriptions__mobile_push__marketing__can_receive_sms_marketing,
        cast(attributes['subscriptions']['mobile_push']['marketing']['consent'] as varchar) as attributes__subscriptions__mobile_push__marketing__consent,
        cast(attributes['subscriptions']['mobile_push']['marketing']['consent_timestamp'] as timestamp with time zone) as attributes__subscriptions__mobile_push__marketing__consent_timestamp,
        cast(attributes['subscriptions']['sms']['marketing']['can_receive_sms_marketing'] as boolean) as attributes__subscriptions__sms__marketing__can_receive_sms_marketing,
        cast(attributes['subscriptions']['sms']['marketing']['consent'] as varchar) as attributes__subscriptions__sms__marketing__consent,
        cast(attributes['subscriptions']['sms']['marketing']['consent_timestamp'] as timestamp with time zone) as attributes__subscriptions__sms__marketing__consent_timestamp,
        cast(attributes['subscriptions']['sms']['marketing']['last_updated'] as timestamp with time zone) as attributes__subscriptions__sms__marketing__last_updated,
        cast(attributes['subscriptions']['sms']['marketing']['method'] as varchar) as attributes__subscriptions__sms__marketing__method,
        cast(attributes['subscriptions']['sms']['marketing']['method_detail'] as varchar) as attributes__subscriptions__sms__marketing__method_detail,
        cast(attributes['subscriptions']['sms']['marketing']['timestamp'] as timestamp with time zone) as attributes__subscriptions__sms__marketing__timestamp,
        cast(attributes['subscriptions']['sms']['transactional']['can_receive_sms_marketing'] as boolean) as attributes__subscriptions__sms__transactional__can_receive_sms_marketing,
        cast(attributes['subscriptions']['sms']['transactional']['consent'] as varchar) as attributes__subscriptions__sms__transactional__consent,
        cast(attributes['subscriptions']['sms']['transactional']['consent_timestamp'] as timestamp with time zone) as attributes__subscriptions__sms__transactional__consent_timestamp,
        cast(attributes['subscriptions']['sms']['transactional']['last_updated'] as timestamp with time zone) as attributes__subscriptions__sms__transactional__last_updated,
        cast(attributes['subscriptions']['sms']['transactional']['method'] as varchar) as attributes__subscriptions__sms__transactional__method,
        cast(attributes['subscriptions']['sms']['transactional']['method_detail'] as varchar) as attributes__subscriptions__sms__transactional__method_detail,
        cast(attributes['subscriptions']['sms']['transactional']['timestamp'] as timestamp with time zone) as attributes__subscriptions__sms__transactional__timestamp,
        cast(attributes['title'] as varchar) as attributes__title,
        cast(attributes['updated'] as timestamp with time zone) as attributes__updated,
        cast(id as varchar) as id,
        cast(type as varchar) as type,
        cast(updated as timestamp with time zone) as updated,
        _airbyte_extracted_at,
        _lake_file,
        _lake_row,
        _lake_batch,
        false as _lake_deleted
    from landed
)

select * from typed
qualify row_number() over (
    partition by id
    order by
        _airbyte_extracted_at desc nulls last,
        updated desc nulls last,
        _lake_file desc nulls last,
        _lake_row desc nulls last,
        _lake_batch desc nulls last
) = 1
