"""Operate: what is applied, what runs and what went wrong, asked of a cluster through kubectl and of Airbyte."""
