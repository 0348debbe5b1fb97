{#- PostgreSQL: the lock of the model, and a share of the lake's, until the transaction ends: maintenance has all of the lake, and
    lakeform knows it by the same number. SQLite: whoever opens the lake has its lock already. -#}
{% macro lake_lock() %}
    {%- if lake_catalog() == 'postgres' %}
        call postgres_execute('{{ lake_metadata() }}', 'set local lock_timeout = 600000');
        select * from postgres_query('{{ lake_metadata() }}', '
            select pg_advisory_xact_lock_shared({{ lake_lock_number() }})::text as lake,
            pg_advisory_xact_lock(hashtextextended(''{{ this.schema }}.{{ this.identifier }}'', 0))::text as own
        ');
    {%- endif -%}
{% endmacro %}


{#- A lock goes with its session: an error, where that has ended. -#}
{% macro lake_still_locked() %}
    {%- if lake_catalog() == 'postgres' %}
        select * from postgres_query('{{ lake_metadata() }}', 'select 1 as alive');
    {%- endif -%}
{% endmacro %}


{#- `postgres` or `sqlite`: where the catalog of the lake is. -#}
{% macro lake_catalog() %}
    {%- set found = run_query("select catalog_type from ducklake_settings('" ~ target.database ~ "')") -%}
    {{ return(found.columns[0].values()[0]) }}
{% endmacro %}


{% macro lake_metadata() %}{{ return('__ducklake_metadata_' ~ target.database) }}{% endmacro %}


{#- What lakeform takes before it looks after the tables. -#}
{% macro lake_lock_number() %}{{ return('8034994590266498883') }}{% endmacro %}


{#- dbt's threads share one DuckDB. SQLite has one writer; with PostgreSQL, transactions of several threads break the memory of DuckDB
    1.5.5, so that models fail at random or the process dies. A model has all cores with one thread too. -#}
{% macro lake_refuse_threads() %}
    {%- if execute and target.threads > 1 -%}
        {%- do exceptions.raise_compiler_error(
            "a lake takes the models of one run one by one, each with all cores: write threads: 1 in profiles.yml"
        ) -%}
    {%- endif -%}
{% endmacro %}
