"""Constructs: registry values to Terraform resources. Only this package and stacks/ import cdktf."""
