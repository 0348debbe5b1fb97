"""What a discovery changes for this lake, and what of that breaks it."""
