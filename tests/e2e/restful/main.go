// Command restful is a small stand-in for the Terraform provider magodo/restful: the objects that
// lakeform writes, with the schema of release 0.25 and the part of its behaviour that lakeform uses, for tests on machines
// where the real one is not to be had. What it does not do, it refuses.
//
// Each behaviour names the file of github.com/magodo/terraform-provider-restful that it follows.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
)

// Set by the build.
var version = "0.0.0"

func main() {
	options := providerserver.ServeOpts{Address: "registry.opentofu.org/magodo/restful"}
	if err := providerserver.Serve(context.Background(), newProvider, options); err != nil {
		log.Fatal(err)
	}
}
