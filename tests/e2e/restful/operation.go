package main

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
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
	headers := schema.MapAttribute{Optional: true, ElementType: types.StringType}
	queries := schema.MapAttribute{Optional: true, ElementType: types.ListType{ElemType: types.StringType}}
	// The real one upgrades states of the versions 0 and 1, which are of releases that lakeform never pinned.
	resp.Schema = schema.Schema{Version: 2, Attributes: map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		},
		"path": schema.StringAttribute{
			Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"id_builder": open, "method": needed, "delete_method": open, "delete_path": open,
		"body": schema.DynamicAttribute{Optional: true}, "delete_body": schema.DynamicAttribute{Optional: true},
		"ephemeral_body": schema.DynamicAttribute{Optional: true, WriteOnly: true},
		"query":          queries, "operation_query": queries, "delete_query": queries,
		"header": headers, "operation_header": headers, "delete_header": headers,
		"precheck": precheckAttribute(needed), "precheck_delete": precheckAttribute(open),
		"poll": pollAttribute(), "poll_delete": pollAttribute(),
		"output_attrs": schema.SetAttribute{Optional: true, ElementType: types.StringType},
		"use_sensitive_output": schema.BoolAttribute{
			Optional: true, PlanModifiers: []planmodifier.Bool{boolplanmodifier.RequiresReplace()},
		},
		"output":           schema.DynamicAttribute{Computed: true},
		"sensitive_output": schema.DynamicAttribute{Computed: true, Sensitive: true},
	}}
}

// ValidateConfig refuses what the stand-in does not do.
func (o *operation) ValidateConfig(
	_ context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse,
) {
	refuseUnknown(req.Config.Raw, []string{
		"path", "method", "body", "query", "precheck.mutex", "precheck.api.path", "precheck.api.query",
		"precheck.api.status", "precheck.api.status_locator", "precheck.api.default_delay_sec", "poll.status",
		"poll.status_locator", "poll.default_delay_sec",
	}, &resp.Diagnostics)
	validateLocator(at(req.Config.Raw, "poll"), &resp.Diagnostics)
	validatePrechecks(elements(at(req.Config.Raw, "precheck")), &resp.Diagnostics)
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

// Delete sends nothing without a `delete_method`, which is refused.
func (o *operation) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

func (o *operation) call(ctx context.Context, plan, before tftypes.Value, found *diag.Diagnostics) tftypes.Value {
	release := o.client.precheck(ctx, elements(at(plan, "precheck")), found)
	if release == nil {
		return before
	}
	defer release()
	got, ok := o.client.exchange(ctx, plan, "path", words{"Error to call operation", "Operation API"}, found)
	if !ok {
		return before
	}
	if err := o.client.poll(ctx, plan, got); err != nil {
		found.AddError("Operation: Polling failure", err.Error())
		return before
	}
	output, err := decode(got.body)
	if err != nil {
		found.AddError("Converting `output` from JSON to dynamic", err.Error())
		return before
	}
	return filled(plan, map[string]tftypes.Value{
		"id": at(plan, "path"), "output": output, "sensitive_output": tftypes.NewValue(tftypes.DynamicPseudoType, nil),
	})
}

// words are what is said where a request cannot be sent, and who answered with another status than 2xx.
type words struct{ failed, api string }

// exchange sends the body of an object to the path that its attribute `place` has, and returns an answer of 2xx.
func (c *client) exchange(
	ctx context.Context, object tftypes.Value, place string, say words, found *diag.Diagnostics,
) (answer, bool) {
	content, err := encode(at(object, "body"))
	if err != nil {
		found.AddError(`Error to marshal "body"`, err.Error())
		return answer{}, false
	}
	got, err := c.request(ctx, text(at(object, "method")), c.address(object, place), content)
	if err != nil {
		found.AddError(say.failed, err.Error())
		return got, false
	}
	if !got.isSuccess() {
		found.AddError(fmt.Sprintf("%s returns %d", say.api, got.status), string(got.body))
	}
	return got, got.isSuccess()
}
