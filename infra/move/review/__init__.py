"""What is in Airbyte as a side of a review."""
