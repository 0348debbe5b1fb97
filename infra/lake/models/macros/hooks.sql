{#- What stands before and after a run, and each model of the strategy `lake_merge`, in its transaction. -#}

{#- Before anything is built: the schemas of marks, which models that begin at once would each want to make. -#}
{% macro lake_start() %}
    {%- if execute -%}
        {{ lake_refuse_threads() }}
        {%- set found = [] -%}
        {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.config.incremental_strategy == 'lake_merge' -%}
            {%- do found.append(node.schema) -%}
        {%- endfor -%}
        {%- for schema in found | unique | sort %}
            create schema if not exists {{ adapter.quote(target.database) }}.{{ adapter.quote('_' ~ schema) }};
        {%- endfor -%}
    {%- endif -%}
{% endmacro %}

{#- The lock, the tables of the marks, what there is to do, a turn of the model's own, and a look whether landing still has
    everything. -#}
{% macro lake_begin() %}
    {%- if execute and lake_merges() -%}
        {{ lake_lock() }}
        create schema if not exists {{ lake_marks().without_identifier() }};
        create table if not exists {{ lake_marks() }} (
            epoch integer, landing_table varchar, batch bigint, invocation varchar, marked_at timestamptz
        );
        create table if not exists {{ lake_marks('__turns') }} as select 0::bigint as turn;
        create or replace temporary table lake_todo as
        {%- for table in lake_tables() %}
            {{ 'union all' if not loop.first }} select {{ lake_epoch() }} + {{ 0 if is_incremental() else 1 }} as epoch, '{{ table }}' as landing_table, * from ({{ lake_batches(table, all=not is_incremental()) }})
        {%- endfor %};
        {{ lake_take_turn() }}
        {{ lake_refuse_loss() }}
    {%- endif -%}
{% endmacro %}


{#- The marks of what was taken. -#}
{% macro lake_end() %}
    {%- if execute and lake_merges() %}
        insert into {{ lake_marks() }}
        select epoch, landing_table, batch, '{{ invocation_id }}', now()
        from lake_todo order by landing_table, batch;
        {{ lake_still_locked() }}
    {%- endif -%}
{% endmacro %}


{#- True for a model of the strategy. Raises an error for one that reads no landing table: it would never take anything. -#}
{% macro lake_merges() %}
    {%- if config.get('materialized') != 'incremental' or config.get('incremental_strategy') != 'lake_merge' -%}
        {{ return(false) }}
    {%- endif -%}
    {%- if not lake_tables() -%}
        {%- do exceptions.raise_compiler_error("lake_merge is for models that read source('landing', ...)") -%}
    {%- endif -%}
    {{ return(true) }}
{% endmacro %}


{#- Two transactions of one model cannot both commit: DuckLake refuses the later of two that update one row. -#}
{% macro lake_take_turn() %}
    update {{ lake_marks('__turns') }} set turn = turn + 1
    {%- if is_incremental() %} where exists (select 1 from lake_todo){% endif %};
{% endmacro %}


{#- Refuses to build anew from a landing table that no longer has the rows which its ledger says were fed. -#}
{% macro lake_refuse_loss() %}
    {%- for table in lake_tables() %}
        {%- set landing = api.Relation.create(database=this.database, schema='landing', identifier=table) %}
        select case when rows_there < rows_told then error(
            '{{ table }} has ' || rows_there || ' rows, and ' || rows_told || ' were fed: {{ this.identifier }} would lose the others. '
            || 'Feed them again (lakeform landing replay), or, to let them go, drop table {{ lake_marks().render() | replace('"', '') }} and build with --full-refresh'
        ) end
        from (select count(*) as rows_there from {{ landing }}), (
            select coalesce(sum(rows), 0) as rows_told from (
                select * from {{ this.database }}._lake.files where table_name = '{{ table }}'
                qualify row_number() over (partition by path order by batch desc) = 1
            ) where event in ('fed', 'changed', 'vanished')
        )
        where exists (
        {%- if is_incremental() -%}
            select 1 from lake_todo where deleted > 0
        {%- else -%}
            select 1 from {{ lake_marks() }}
        {%- endif -%}
        );
    {%- endfor %}
{% endmacro %}
