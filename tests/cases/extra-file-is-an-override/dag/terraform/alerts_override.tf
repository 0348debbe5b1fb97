resource "null_resource" "alerts" {}
