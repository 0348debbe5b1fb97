package main

import (
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// actor is `airbyte_source` or `airbyte_destination` (internal/provider/source_resource.go, destination_resource.go).
func actor(kind string) *object {
	attributes := map[string]schema.Attribute{
		"name":          schema.StringAttribute{Required: true, PlanModifiers: keepsText()},
		"workspace_id":  schema.StringAttribute{Required: true, PlanModifiers: replaces()},
		"definition_id": schema.StringAttribute{Optional: true, Computed: true, PlanModifiers: replaces()},
		// scripts/patch_sensitive_configuration.py; the order of its keys does not matter.
		"configuration": schema.StringAttribute{
			Required: true, Sensitive: true, CustomType: jsontypes.NormalizedType{}, PlanModifiers: keepsText(),
		},
		"resource_allocation": resourceAllocation(),
		"created_at":          schema.Int64Attribute{Computed: true, PlanModifiers: []planmodifier.Int64{suppressDiff{}}},
		kind + "_id":          computedText(),
		kind + "_type":        computedText(),
	}
	kept := []string{"configuration"}
	sent := []string{"name", "workspace_id", "definition_id", "configuration", "resource_allocation"}
	if kind == "source" {
		attributes["secret_id"] = schema.StringAttribute{Optional: true, PlanModifiers: replaces()}
		kept, sent = append(kept, "secret_id"), append(sent, "secret_id")
	}
	return &object{
		kind: kind, schema: schema.Schema{Attributes: attributes}, sent: sent, kept: kept,
		update: http.MethodPut, reread: true, fixed: []string{"workspace_id", "definition_id", "secret_id"},
	}
}

func resourceAllocation() schema.Attribute {
	jobs := element(map[string]schema.Attribute{
		"job_type": must(optionalText(
			"get_spec", "check_connection", "discover_schema", "sync", "reset_connection", "connection_updater", "replicate",
		)),
		"resource_requirements": requirements(),
	})
	return schema.SingleNestedAttribute{
		Optional: true, Computed: true, PlanModifiers: []planmodifier.Object{suppressDiff{}},
		Attributes: map[string]schema.Attribute{
			"default": requirements(),
			"job_specific": schema.ListNestedAttribute{
				Optional: true, Computed: true, PlanModifiers: []planmodifier.List{suppressDiff{}}, NestedObject: jobs,
			},
		},
	}
}

func requirements() schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for _, of := range []string{"cpu", "memory", "ephemeral_storage"} {
		attributes[of+"_request"], attributes[of+"_limit"] = optionalText(), optionalText()
	}
	return schema.SingleNestedAttribute{
		Optional: true, Computed: true, PlanModifiers: []planmodifier.Object{suppressDiff{}}, Attributes: attributes,
	}
}

// optionalText is text that the server fills in where it is not configured; with values, one of them.
func optionalText(values ...string) schema.StringAttribute {
	attribute := schema.StringAttribute{Optional: true, Computed: true, PlanModifiers: keepsText()}
	if len(values) > 0 {
		attribute.Validators = []validator.String{stringvalidator.OneOf(values...)}
	}
	return attribute
}

func computedText() schema.StringAttribute {
	return schema.StringAttribute{Computed: true, PlanModifiers: keepsText()}
}

// replaces makes a change of the attribute a new object.
func replaces() []planmodifier.String {
	return []planmodifier.String{stringplanmodifier.RequiresReplaceIfConfigured(), suppressDiff{}}
}

func keepsText() []planmodifier.String { return []planmodifier.String{suppressDiff{}} }

// element is one of a list or set of objects; null is refused.
func element(attributes map[string]schema.Attribute) schema.NestedAttributeObject {
	return schema.NestedAttributeObject{
		Attributes: attributes, Validators: []validator.Object{notNull{}},
		PlanModifiers: []planmodifier.Object{suppressDiff{}},
	}
}

// must makes an attribute one that has to be configured although its schema says that it is optional.
func must(attribute schema.StringAttribute) schema.StringAttribute {
	attribute.Validators = append([]validator.String{notNull{}}, attribute.Validators...)
	return attribute
}
