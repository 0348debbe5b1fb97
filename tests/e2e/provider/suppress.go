package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
)

// suppressDiff plans what is in the state for an attribute that is not configured (internal/planmodifiers/*/
// suppress_diff.go). Inside a set the framework hands it the element of the state at the same index, which may be
// another stream's (issue 374).
type suppressDiff struct{}

func (suppressDiff) Description(context.Context) string         { return "Keeps what is in the state." }
func (suppressDiff) MarkdownDescription(context.Context) string { return "Keeps what is in the state." }

func keeps(plan, config attr.Value, state tfsdk.State) bool {
	return plan.IsUnknown() && !config.IsUnknown() && !state.Raw.IsNull()
}

func (suppressDiff) PlanModifyString(
	_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse,
) {
	if keeps(req.PlanValue, req.ConfigValue, req.State) {
		resp.PlanValue = req.StateValue
	}
}

func (suppressDiff) PlanModifyBool(_ context.Context, req planmodifier.BoolRequest, resp *planmodifier.BoolResponse) {
	if keeps(req.PlanValue, req.ConfigValue, req.State) {
		resp.PlanValue = req.StateValue
	}
}

func (suppressDiff) PlanModifyInt64(_ context.Context, req planmodifier.Int64Request, resp *planmodifier.Int64Response) {
	if keeps(req.PlanValue, req.ConfigValue, req.State) {
		resp.PlanValue = req.StateValue
	}
}

func (suppressDiff) PlanModifyList(_ context.Context, req planmodifier.ListRequest, resp *planmodifier.ListResponse) {
	if keeps(req.PlanValue, req.ConfigValue, req.State) {
		resp.PlanValue = req.StateValue
	}
}

func (suppressDiff) PlanModifySet(_ context.Context, req planmodifier.SetRequest, resp *planmodifier.SetResponse) {
	if keeps(req.PlanValue, req.ConfigValue, req.State) {
		resp.PlanValue = req.StateValue
	}
}

func (suppressDiff) PlanModifyObject(
	_ context.Context, req planmodifier.ObjectRequest, resp *planmodifier.ObjectResponse,
) {
	if keeps(req.PlanValue, req.ConfigValue, req.State) {
		resp.PlanValue = req.StateValue
	}
}
