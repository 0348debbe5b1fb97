package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// reading is the data source `restful_resource` (docs/data-sources/resource.md, internal/provider/data_source.go).
type reading struct{ client *client }

func (r *reading) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_resource"
}

func (r *reading) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	open, flag := schema.StringAttribute{Optional: true}, schema.BoolAttribute{Optional: true}
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id": schema.StringAttribute{Required: true}, "method": open, "selector": open,
		"body":                 schema.DynamicAttribute{Optional: true},
		"query":                schema.MapAttribute{Optional: true, ElementType: types.ListType{ElemType: types.StringType}},
		"header":               schema.MapAttribute{Optional: true, ElementType: types.StringType},
		"output_attrs":         schema.SetAttribute{Optional: true, ElementType: types.StringType},
		"allow_not_exist":      flag,
		"use_sensitive_output": flag,
		"precheck":             precheckAttribute(required),
		"output":               schema.DynamicAttribute{Computed: true},
		"sensitive_output":     schema.DynamicAttribute{Computed: true, Sensitive: true},
	}}
}

// ValidateConfig refuses what the stand-in does not do.
func (r *reading) ValidateConfig(
	_ context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse,
) {
	refuseUnknown(req.Config.Raw, []string{"id", "method", "body"}, &resp.Diagnostics)
}

func (r *reading) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	r.client, _ = req.ProviderData.(*client)
}

func (r *reading) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	config := req.Config.Raw
	got, ok := r.client.exchange(ctx, config, "id", words{"Error to call Read", "Read API"}, &resp.Diagnostics)
	if !ok {
		return
	}
	output, err := decode(got.body)
	if err != nil {
		resp.Diagnostics.AddError("Evaluating `output` during Read", err.Error())
		return
	}
	resp.State.Raw = filled(config, map[string]tftypes.Value{"output": output})
}
