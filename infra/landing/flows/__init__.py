"""Flows: the dbt project over the landing tables, and what lakeform brings to it."""
