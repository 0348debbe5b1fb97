package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

type restful struct{}

func newProvider() provider.Provider { return restful{} }

func (restful) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName, resp.Version = "restful", version
}

// docs/index.md. What is not here is refused, so that a misspelt attribute is noticed.
func (restful) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	open, secret := schema.StringAttribute{Required: true}, schema.StringAttribute{Required: true, Sensitive: true}
	optional := schema.StringAttribute{Optional: true}
	nested := func(attributes map[string]schema.Attribute) schema.Attribute {
		return schema.SingleNestedAttribute{Optional: true, Attributes: attributes}
	}
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"base_url": optional,
		"security": nested(map[string]schema.Attribute{
			"http": nested(map[string]schema.Attribute{
				"basic": nested(map[string]schema.Attribute{"username": open, "password": secret}),
				"token": nested(map[string]schema.Attribute{"token": secret, "scheme": optional}),
			}),
			"oauth2": nested(map[string]schema.Attribute{
				"client_credentials": nested(map[string]schema.Attribute{
					"client_id": open, "client_secret": secret, "token_url": open, "in": optional,
				}),
			}),
		}),
	}}
}

func (restful) Configure(_ context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	client := newClient(req.Config.Raw)
	resp.ResourceData, resp.DataSourceData = client, client
}

func (restful) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return &operation{} }}
}

func (restful) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return &reading{} }}
}
