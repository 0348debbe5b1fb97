{#- No two rows have the same values in all of these columns, and none of these is null. -#}
{% test lake_key(model, columns) %}
    {%- set keys = lake_quoted(columns) %}
    select {{ keys | join(', ') }}, count(*) as rows_with_it
    from {{ model }}
    group by all
    having count(*) > 1 or {{ keys | join(' is null or ') }} is null
{% endtest %}


{#- Something has come within so many hours; a table without rows is not late. -#}
{% test lake_fresh(model, column, hours) %}
    select newest from (select max({{ adapter.quote(column) }}) as newest from {{ model }})
    where newest < now() - interval ({{ hours }}) hour
{% endtest %}
