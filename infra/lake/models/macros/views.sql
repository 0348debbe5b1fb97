{#- The materialization `lake_view`: a view that is made again only when its text or the columns under it have changed, since each
    change is a snapshot of the lake. -#}
{% materialization lake_view, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='view') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set made_of = lake_made_of(sql) -%}
    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}
    {%- if existing is none or not existing.is_view or lake_view_comment() != made_of -%}
        {%- if existing is not none and not existing.is_view -%}
            {%- do adapter.drop_relation(existing) -%}
        {%- endif -%}
        {%- call statement('main') -%}
            create or replace view {{ target_relation }} as {{ sql }};
            comment on view {{ target_relation }} is '{{ made_of }}';
        {%- endcall -%}
    {%- else -%}
        {%- call statement('main') -%}select 'unchanged' as done{%- endcall -%}
    {%- endif -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {%- do adapter.commit() -%}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}


{#- A digest of the view's text, and of the columns of the models that it reads. -#}
{% macro lake_made_of(sql) %}
    {%- set found = [sql] -%}
    {%- for node in model.depends_on.nodes | sort -%}
        {%- set read = graph.nodes.get(node) -%}
        {%- if read -%}
            {%- set relation = adapter.get_relation(read.database, read.schema, read.alias) -%}
            {%- for column in (adapter.get_columns_in_relation(relation) if relation else []) -%}
                {%- do found.append(column.name ~ ' ' ~ column.dtype) -%}
            {%- endfor -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return('lakeform ' ~ local_md5(found | join('\n'))) }}
{% endmacro %}


{#- The digest that the view was made with. -#}
{% macro lake_view_comment() %}
    {%- set found = run_query(
        "select comment from duckdb_views() where database_name = '" ~ this.database ~ "' and schema_name = '" ~ this.schema
        ~ "' and view_name = '" ~ this.identifier ~ "'"
    ) -%}
    {{ return(found.columns[0].values()[0] if found | length else none) }}
{% endmacro %}
