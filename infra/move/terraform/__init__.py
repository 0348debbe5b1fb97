"""A workspace as Terraform's state, HCL or octavia's files tell it."""
