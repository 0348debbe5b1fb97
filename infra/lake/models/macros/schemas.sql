{#- A model's schema is what its config says, else the folder that it is in. Those of a branch are apart: `schema` of the target
    stands before, unless that is `main`. -#}
{% macro generate_schema_name(custom_schema_name, node) %}
    {%- set schema = (custom_schema_name or node.original_file_path.replace('\\', '/').split('/')[0]) | trim -%}
    {{ return(schema if target.schema == 'main' else target.schema ~ '_' ~ schema) }}
{% endmacro %}
