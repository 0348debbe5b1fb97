"""What differs, and what follows for the data."""
