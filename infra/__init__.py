"""lakeform: Airbyte as code. Data flows documents -> connectors -> registry -> catalog -> airbyte -> stacks -> commands."""

__version__ = "0.1.0"
