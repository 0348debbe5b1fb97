"""lakeform: Airbyte as code.

A house by worlds: base; lake, what the files say; secrets; review; airbyte, the one that runs; terraform; scaffold; gitops.
Each room imports those before it, stacks/ the rooms, and commands all of them; see docs/architecture.md.
"""

__version__ = "0.1.0"
