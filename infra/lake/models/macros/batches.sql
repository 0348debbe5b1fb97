{#- Which batches of landing a model has taken is noted in its marks, a table in the schema `_<schema of the model>`: one row for
    each batch, written in the transaction that takes it, never changed. A full refresh begins a new epoch of them. -#}

{#- For WHERE: rows of batches that the model has not taken. Every row, where one of those batches took rows out, of whichever
    table that the model reads: it is compared with all of them then. -#}
{% macro lake_unseen(relation) -%}
    (
        _lake_batch in (select batch from ({{ lake_batches(relation.identifier) }}))
        {%- for table in lake_tables() %}
        or exists (select 1 from ({{ lake_batches(table) }}) where deleted > 0)
        {%- endfor %}
    )
{%- endmacro %}


{#- The batches of a landing table that the model has not taken; with `all`, every one. -#}
{% macro lake_batches(table, all=false) -%}
    select batch, coalesce(deleted, 0) as deleted from {{ this.database }}._lake.batches
    where table_name = '{{ table }}'
    {%- if not all %} and batch not in (
        select batch from {{ lake_marks() }} where landing_table = '{{ table }}' and epoch = {{ lake_epoch() }}
    )
    {%- endif -%}
{%- endmacro %}


{#- The epoch that the model is in; 0 before the first. -#}
{% macro lake_epoch() -%}
    (select coalesce(max(epoch), 0) from {{ lake_marks() }})
{%- endmacro %}


{#- The table of the model's marks, and that of its turns, which each transaction of it updates. -#}
{% macro lake_marks(suffix='') %}
    {{ return(api.Relation.create(database=this.database, schema='_' ~ this.schema, identifier=this.identifier ~ suffix)) }}
{% endmacro %}


{#- The landing tables that the model reads. -#}
{% macro lake_tables() %}
    {%- set found = [] -%}
    {%- for name, table in model.sources if name == 'landing' -%}
        {%- do found.append(table) -%}
    {%- endfor -%}
    {{ return(found | unique | sort) }}
{% endmacro %}


{#- True if a batch that is to be taken took rows out of landing. -#}
{% macro lake_looks_anew() %}
    {{ return(run_query('select 1 from lake_todo where deleted > 0 limit 1') | length > 0) }}
{% endmacro %}
