package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// byNameAndNamespace finds each planned stream in the state and takes from there what is not configured
// (internal/planmodifiers/setplanmodifier/unique_by_name_and_namespace.go, pull requests 415 and 423). So leaving an
// attribute out keeps what is in the state, while an empty list that is written counts as configured.
type byNameAndNamespace struct{ suppressDiff }

func (m byNameAndNamespace) PlanModifySet(
	ctx context.Context, req planmodifier.SetRequest, resp *planmodifier.SetResponse,
) {
	m.suppressDiff.PlanModifySet(ctx, req, resp)
	if req.StateValue.IsNull() || req.PlanValue.IsUnknown() || req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	before, configured := byKey(req.StateValue), byKey(req.ConfigValue)
	if len(before) < len(req.StateValue.Elements()) {
		resp.Diagnostics.AddError("Duplicate composite key in state", "Two streams have one name and namespace.")
		return
	}
	var merged []attr.Value
	for _, planned := range req.PlanValue.Elements() {
		key := keyOf(planned)
		if state, found := before[key]; found {
			planned = mergeStream(ctx, planned, state, configured[key])
		}
		merged = append(merged, planned)
	}
	streams, found := types.SetValue(req.PlanValue.ElementType(ctx), merged)
	resp.Diagnostics.Append(found...)
	resp.PlanValue = streams
}

func mergeStream(ctx context.Context, planned, state, configured attr.Value) attr.Value {
	values, theirs := planned.(types.Object).Attributes(), state.(types.Object).Attributes()
	given := map[string]attr.Value{}
	if object, ok := configured.(types.Object); ok {
		given = object.Attributes()
	}
	for name, value := range values {
		config, ok := given[name]
		written := ok && !config.IsNull() && !config.IsUnknown()
		if isEmpty(value) && !written {
			values[name] = theirs[name]
		}
	}
	return types.ObjectValueMust(planned.(types.Object).AttributeTypes(ctx), values)
}

type streamKey struct{ name, namespace string }

func keyOf(stream attr.Value) streamKey {
	values := stream.(types.Object).Attributes()
	name, _ := values["name"].(types.String)
	namespace, _ := values["namespace"].(types.String)
	return streamKey{name.ValueString(), namespace.ValueString()}
}

func byKey(streams types.Set) map[streamKey]attr.Value {
	found := map[streamKey]attr.Value{}
	for _, stream := range streams.Elements() {
		found[keyOf(stream)] = stream
	}
	return found
}

func isEmpty(value attr.Value) bool {
	if value.IsNull() || value.IsUnknown() {
		return true
	}
	switch value := value.(type) {
	case types.List:
		return len(value.Elements()) == 0
	case types.Set:
		return len(value.Elements()) == 0
	}
	return false
}
