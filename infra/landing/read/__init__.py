"""A connector run on this machine: its records become files as Airbyte's destination writes them."""
