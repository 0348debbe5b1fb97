// Command provider is a small stand-in for the Terraform provider airbytehq/airbyte: the resources that
// lakeform writes, with the schema and the behaviour of release 1.2, for tests on machines where the real one is not to be had.
//
// Each behaviour names the file of github.com/airbytehq/terraform-provider-airbyte, or its issue, that it follows.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
)

// Set by the build.
var version = "0.0.0"

func main() {
	options := providerserver.ServeOpts{Address: "registry.opentofu.org/airbytehq/airbyte"}
	if err := providerserver.Serve(context.Background(), newProvider, options); err != nil {
		log.Fatal(err)
	}
}
