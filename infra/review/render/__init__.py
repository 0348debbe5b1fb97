"""A review as text and as Markdown."""
