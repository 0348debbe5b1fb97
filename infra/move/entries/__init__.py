"""From what was found to entries, stream files and the import report."""
