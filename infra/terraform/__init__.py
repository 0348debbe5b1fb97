"""Terraform: constructs that write the document, and the way back from it to the registry."""
