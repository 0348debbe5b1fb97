"""From a Terraform address or error back to the line of the registry."""
