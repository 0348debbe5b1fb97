"""What is otherwise in Airbyte than the files say, and the edits that make them say it."""
