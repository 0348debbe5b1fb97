package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	reads "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// operation is `restful_operation` (docs/resources/operation.md, internal/provider/operation_resource.go).
type operation struct{ client *client }

func (o *operation) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_operation"
}

func (o *operation) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	open, needed := schema.StringAttribute{Optional: true}, schema.StringAttribute{Required: true}
	status := map[string]schema.Attribute{
		"success": needed, "pending": schema.ListAttribute{Optional: true, ElementType: types.StringType},
	}
	api := map[string]schema.Attribute{
		"path": needed, "status_locator": needed,
		"status":            schema.SingleNestedAttribute{Required: true, Attributes: status},
		"default_delay_sec": schema.Int64Attribute{Optional: true},
	}
	keep := []planmodifier.String{stringplanmodifier.UseStateForUnknown()}
	resp.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id": schema.StringAttribute{Computed: true, PlanModifiers: keep},
		"path": schema.StringAttribute{
			Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"method":        needed,
		"body":          schema.DynamicAttribute{Optional: true},
		"delete_method": open,
		"output_attrs":  schema.SetAttribute{Optional: true, ElementType: types.StringType},
		"output":        schema.DynamicAttribute{Computed: true},
		"precheck": schema.ListNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{
			Attributes: map[string]schema.Attribute{
				"mutex": open, "api": schema.SingleNestedAttribute{Optional: true, Attributes: api},
			},
		}},
	}}
}

func (o *operation) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	o.client, _ = req.ProviderData.(*client)
}

func (o *operation) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	resp.State.Raw = o.call(ctx, req.Plan.Raw, resp.State.Raw, &resp.Diagnostics)
}

// Update calls again: any change of an attribute is another call.
func (o *operation) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.State.Raw = o.call(ctx, req.Plan.Raw, resp.State.Raw, &resp.Diagnostics)
}

func (o *operation) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

// Delete sends nothing without a `delete_method`, which the stand-in does not know how to send.
func (o *operation) Delete(_ context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	if given(at(req.State.Raw, "delete_method")) {
		resp.Diagnostics.AddError("not in the stand-in", "delete_method")
	}
}

func (o *operation) call(ctx context.Context, plan, before tftypes.Value, found *diag.Diagnostics) tftypes.Value {
	release, err := o.client.precheck(ctx, elements(at(plan, "precheck")))
	if err != nil {
		found.AddError("Pre-checking failure", err.Error())
		return before
	}
	defer release()
	output, err := o.client.exchange(ctx, text(at(plan, "method")), text(at(plan, "path")), at(plan, "body"), "Operation API")
	if err != nil {
		found.AddError("Error to call operation", err.Error())
		return before
	}
	return filled(plan, map[string]tftypes.Value{"id": at(plan, "path"), "output": output})
}

func (c *client) exchange(
	ctx context.Context, method, path string, body tftypes.Value, what string,
) (tftypes.Value, error) {
	content, err := encode(body)
	if err != nil {
		return tftypes.Value{}, err
	}
	got, err := c.send(ctx, method, path, content, what)
	if err != nil {
		return tftypes.Value{}, err
	}
	return decode(got)
}

// reading is the data source `restful_resource` (docs/data-sources/resource.md).
type reading struct{ client *client }

func (r *reading) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_resource"
}

func (r *reading) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = reads.Schema{Attributes: map[string]reads.Attribute{
		"id": reads.StringAttribute{Required: true}, "method": reads.StringAttribute{Optional: true},
		"body": reads.DynamicAttribute{Optional: true}, "output": reads.DynamicAttribute{Computed: true},
	}}
}

func (r *reading) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	r.client, _ = req.ProviderData.(*client)
}

func (r *reading) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	config := req.Config.Raw
	output, err := r.client.exchange(ctx, text(at(config, "method")), text(at(config, "id")), at(config, "body"), "Read API")
	if err != nil {
		resp.Diagnostics.AddError("Error to call Read", err.Error())
		return
	}
	resp.State.Raw = filled(config, map[string]tftypes.Value{"output": output})
}
