"""What in Airbyte differs from the files, and the edits that make them say it."""
