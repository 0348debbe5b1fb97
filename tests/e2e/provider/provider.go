package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type airbyte struct{}

// internal/provider/provider.go: every setting is optional, none is read from the environment.
type settings struct {
	ServerURL    types.String `tfsdk:"server_url"`
	ClientID     types.String `tfsdk:"client_id"`
	ClientSecret types.String `tfsdk:"client_secret"`
	TokenURL     types.String `tfsdk:"token_url"`
	BearerAuth   types.String `tfsdk:"bearer_auth"`
	Username     types.String `tfsdk:"username"`
	Password     types.String `tfsdk:"password"`
}

func newProvider() provider.Provider { return airbyte{} }

func (airbyte) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName, resp.Version = "airbyte", version
}

func (airbyte) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	open, secret := schema.StringAttribute{Optional: true}, schema.StringAttribute{Optional: true, Sensitive: true}
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"server_url": open, "client_id": secret, "client_secret": secret, "token_url": secret,
		"bearer_auth": secret, "username": secret, "password": secret,
	}}
}

func (airbyte) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var given settings
	resp.Diagnostics.Append(req.Config.Get(ctx, &given)...)
	if resp.Diagnostics.HasError() {
		return
	}
	client, err := newClient(given)
	if err != nil {
		resp.Diagnostics.AddError("invalid provider configuration", err.Error())
	}
	resp.ResourceData = client
}

func (airbyte) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return actor("source") },
		func() resource.Resource { return actor("destination") },
		connection,
	}
}

func (airbyte) DataSources(context.Context) []func() datasource.DataSource { return nil }
