"""The running Airbyte: its server, connectors on this machine, and what is in a workspace."""
