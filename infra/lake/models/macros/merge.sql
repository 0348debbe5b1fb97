{#- The strategy `lake_merge`: of each key the newest row wins, whenever it comes. Which columns tell newer from older:
    `meta.newest_by` of the model, the first one first. Where landing took rows out, all of it is looked at again, and a key
    that it holds no more stays as a row with `_lake_deleted`. -#}
{% macro get_incremental_lake_merge_sql(args) %}
    {%- set keys = lake_quoted(args.unique_key) -%}
    {%- set newest_by = lake_quoted(config.get('meta', {}).get('newest_by')) -%}
    {%- if not keys or not newest_by -%}
        {%- do exceptions.raise_compiler_error("lake_merge needs unique_key, and newest_by in meta: what tells newer rows") -%}
    {%- endif -%}
    {%- set anew = lake_looks_anew() -%}
    {%- if not anew and not lake_has_rows(args.temp_relation) -%}
        {{ return("select 'nothing new' as done") }}
    {%- endif -%}
    {{ lake_merge_rows(args, keys, newest_by, anew) }}
    {%- if anew -%}
    ;
    update {{ args.target_relation }} as old set _lake_deleted = true
    where not old._lake_deleted
    and not exists (select 1 from {{ args.temp_relation }} as new where {{ lake_same(keys) }})
    {%- endif -%}
{% endmacro %}


{#- The statement that merges the rows of `new` into those of `old`. -#}
{% macro lake_merge_rows(args, keys, newest_by, anew) %}
    {%- set columns = lake_quoted(args.dest_columns | map(attribute='name') | list) -%}
    {%- set old_is, new_is = lake_age('old', newest_by), lake_age('new', newest_by) -%}
    merge into {{ args.target_relation }} as old
    using {{ args.temp_relation }} as new
    on {{ lake_same(keys) }}
    when matched and (
        {{ new_is }} {{ 'is distinct from' if anew else '>' }} {{ old_is }}
        or ({{ new_is }} is not distinct from {{ old_is }} and new._lake_deleted is distinct from old._lake_deleted)
    ) then update set {% for column in columns %}{{ column }} = new.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
    when not matched then insert ({{ columns | join(', ') }})
    values ({% for column in columns %}new.{{ column }}{{ ', ' if not loop.last }}{% endfor %})
{% endmacro %}


{#- What a row's age is compared by; null is older than everything. -#}
{% macro lake_age(alias, columns) -%}
    struct_pack({% for column in columns -%}
        has_{{ loop.index }} := {{ alias }}.{{ column }} is not null, is_{{ loop.index }} := {{ alias }}.{{ column }}
        {{- ', ' if not loop.last }}
    {%- endfor %})
{%- endmacro %}


{#- True for a row of `old` and one of `new` with the same key. -#}
{% macro lake_same(keys) -%}
    {% for key in keys %}old.{{ key }} is not distinct from new.{{ key }}{{ ' and ' if not loop.last }}{% endfor %}
{%- endmacro %}


{#- A name, or a list of names -> a list of quoted ones. -#}
{% macro lake_quoted(names) %}
    {%- set found = [] -%}
    {%- for name in ([names] if names is string else names or []) -%}
        {%- do found.append('"' ~ (name | replace('"', '""')) ~ '"') -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}


{#- True if a relation has any row. -#}
{% macro lake_has_rows(relation) %}
    {{ return(run_query('select 1 from ' ~ relation ~ ' limit 1') | length > 0) }}
{% endmacro %}
