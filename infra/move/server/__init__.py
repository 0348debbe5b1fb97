"""A workspace as its Airbyte server tells it."""
