"""lakeform: Airbyte as code.

Data flows documents -> connectors -> registry -> catalog -> model -> rules and airbyte -> stacks; commands drive it.
"""

__version__ = "0.1.0"
