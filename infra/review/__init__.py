"""What a change does to the data: base against head, in the words of the registry."""
