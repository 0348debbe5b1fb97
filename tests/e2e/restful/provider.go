package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type restful struct{}

func newProvider() provider.Provider { return restful{} }

func (restful) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName, resp.Version = "restful", version
}

// Schema is that of internal/provider/provider.go; what of it is not done here is refused.
func (restful) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"base_url":             required,
		"client":               clientSettings(),
		"create_method":        optional,
		"update_method":        optional,
		"delete_method":        optional,
		"merge_patch_disabled": schema.BoolAttribute{Optional: true},
		"query":                schema.MapAttribute{Optional: true, ElementType: listOfTexts},
		"header":               schema.MapAttribute{Optional: true, ElementType: types.StringType},
		"security":             security(),
	}}
}

var (
	required    = schema.StringAttribute{Required: true}
	optional    = schema.StringAttribute{Optional: true}
	secret      = schema.StringAttribute{Required: true, Sensitive: true}
	mayBeSecret = schema.StringAttribute{Optional: true, Sensitive: true}
	scopes      = schema.ListAttribute{Optional: true, ElementType: types.StringType}
	listOfTexts = types.ListType{ElemType: types.StringType}
)

func one(attributes map[string]schema.Attribute) schema.Attribute {
	return schema.SingleNestedAttribute{Optional: true, Attributes: attributes}
}

func clientSettings() schema.Attribute {
	flag, number := schema.BoolAttribute{Optional: true}, schema.Int64Attribute{Optional: true}
	return one(map[string]schema.Attribute{
		"cookie_enabled":           flag,
		"tls_insecure_skip_verify": flag,
		"certificates": schema.ListNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{
			Attributes: map[string]schema.Attribute{
				"certificate": optional, "certificate_file": optional, "key": optional, "key_file": optional,
			},
		}},
		"root_ca_certificates":      scopes,
		"root_ca_certificate_files": scopes,
		"retry": one(map[string]schema.Attribute{
			"status_codes": schema.ListAttribute{Required: true, ElementType: types.Int64Type},
			"count":        number, "wait_in_sec": number, "max_wait_in_sec": number,
		}),
	})
}

func security() schema.Attribute {
	return one(map[string]schema.Attribute{
		"http": one(map[string]schema.Attribute{
			"basic": one(map[string]schema.Attribute{"username": required, "password": secret}),
			"token": one(map[string]schema.Attribute{"token": secret, "scheme": optional}),
		}),
		"apikey": schema.SetNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{
			Attributes: map[string]schema.Attribute{"name": required, "value": required, "in": required},
		}},
		"oauth2": one(map[string]schema.Attribute{
			"client_credentials": one(map[string]schema.Attribute{
				"token_url": required, "client_id": required, "client_secret": secret, "in": optional, "scopes": scopes,
				"endpoint_params": schema.MapAttribute{Optional: true, ElementType: listOfTexts},
			}),
			"password": one(map[string]schema.Attribute{
				"token_url": required, "username": required, "password": secret,
				"client_id": optional, "client_secret": mayBeSecret, "in": optional, "scopes": scopes,
			}),
			"refresh_token": one(map[string]schema.Attribute{
				"token_url": required, "refresh_token": secret, "token_type": optional,
				"client_id": optional, "client_secret": mayBeSecret, "in": optional, "scopes": scopes,
			}),
		}),
	})
}

func (restful) ValidateConfig(
	_ context.Context, req provider.ValidateConfigRequest, resp *provider.ValidateConfigResponse,
) {
	refuseUnknown(req.Config.Raw, []string{
		"base_url", "security.http.basic", "security.http.token.token", "security.oauth2.client_credentials.token_url",
		"security.oauth2.client_credentials.client_id", "security.oauth2.client_credentials.client_secret",
		"security.oauth2.client_credentials.in",
	}, &resp.Diagnostics)
}

func (restful) Configure(_ context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	client, err := newClient(req.Config.Raw)
	if err != nil {
		resp.Diagnostics.AddError("Failed to configure provider", err.Error())
	}
	resp.ResourceData, resp.DataSourceData = client, client
}

func (restful) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return &operation{} }}
}

func (restful) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{func() datasource.DataSource { return &reading{} }}
}
