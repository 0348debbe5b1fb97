"""Running a real connector on this machine: its package installed apart, and the Airbyte protocol spoken with it."""
