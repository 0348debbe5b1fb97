{#- What stands before and after each model of the strategy `lake_merge`, in its transaction. -#}

{#- The lock, the tables of the marks, a turn of the model's own, and a look whether landing still has everything. -#}
{% macro lake_begin() %}
    {%- if execute and lake_merges() -%}
        {{ lake_lock() }}
        create schema if not exists {{ lake_marks().without_identifier() }};
        create table if not exists {{ lake_marks() }} (
            epoch integer, landing_table varchar, batch bigint, invocation varchar, marked_at timestamptz
        );
        create table if not exists {{ lake_marks('__turns') }} (turn bigint);
        {{ lake_take_turn() }}
        {{ lake_refuse_loss() }}
    {%- endif -%}
{% endmacro %}


{#- The marks of what was taken. -#}
{% macro lake_end() %}
    {%- if execute and lake_merges() -%}
        {%- set anew = not is_incremental() -%}
        {%- for table in lake_tables() %}
            insert into {{ lake_marks() }}
            select {{ lake_epoch() }} + {{ 1 if anew and loop.first else 0 }}, '{{ table }}', batch, '{{ invocation_id }}', now()
            from ({{ lake_batches(table, all=anew) }}) order by batch;
        {%- endfor %}
        {{ lake_still_locked() }}
    {%- endif -%}
{% endmacro %}


{% macro lake_merges() %}
    {{ return(config.get('materialized') == 'incremental' and config.get('incremental_strategy') == 'lake_merge') }}
{% endmacro %}


{#- Two transactions of one model cannot both commit: DuckLake refuses the later of two that update one row. -#}
{% macro lake_take_turn() %}
    {%- set turns = lake_marks('__turns') %}
    insert into {{ turns }} select 0 where not exists (select 1 from {{ turns }});
    update {{ turns }} set turn = turn + 1
    {%- if is_incremental() %} where false
        {%- for table in lake_tables() %} or exists (select 1 from ({{ lake_batches(table) }})){% endfor -%}
    {%- endif %};
{% endmacro %}


{#- Refuses to build anew from a landing table that no longer has the rows which its ledger says were fed. -#}
{% macro lake_refuse_loss() %}
    {%- for table in lake_tables() %}
        {%- set landing = api.Relation.create(database=this.database, schema='landing', identifier=table) %}
        select case when rows_there < rows_told then error(
            '{{ table }} has ' || rows_there || ' rows, and ' || rows_told || ' were fed: {{ this.identifier }} would lose the others. '
            || 'Feed them again (lakeform landing replay), or, to let them go, drop table {{ lake_marks().render() | replace('"', '') }}'
        ) end
        from (select count(*) as rows_there from {{ landing }}), (
            select coalesce(sum(rows), 0) as rows_told from (
                select * from {{ this.database }}._lake.files where table_name = '{{ table }}'
                qualify row_number() over (partition by path order by batch desc) = 1
            ) where event in ('fed', 'changed', 'vanished')
        )
        where exists (select 1 from {{ lake_marks() }})
        {%- if is_incremental() %} and exists (select 1 from ({{ lake_batches(table) }}) where deleted > 0){% endif %};
    {%- endfor %}
{% endmacro %}
