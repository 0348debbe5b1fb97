package main

import (
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/objectvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var syncModes = []string{
	"full_refresh_overwrite", "full_refresh_overwrite_deduped", "full_refresh_append", "full_refresh_update",
	"full_refresh_soft_delete", "incremental_append", "incremental_deduped_history", "incremental_update",
	"incremental_soft_delete",
}

// connection is `airbyte_connection` (internal/provider/connection_resource.go).
func connection() resource.Resource {
	sent := []string{
		"source_id", "destination_id", "name", "status", "namespace_definition", "namespace_format", "prefix",
		"non_breaking_schema_updates_behavior", "schedule", "configurations", "tags", "data_residency",
	}
	return &object{
		kind: "connection", schema: schema.Schema{Attributes: connectionAttributes()}, sent: sent,
		update: http.MethodPatch, fixed: []string{"source_id", "destination_id"}, kept: []string{"data_residency"},
		always: []string{"namespace_format"},
	}
}

func connectionAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"source_id":            schema.StringAttribute{Required: true, PlanModifiers: replaces()},
		"destination_id":       schema.StringAttribute{Required: true, PlanModifiers: replaces()},
		"name":                 optionalText(),
		"status":               optionalText("active", "inactive", "deprecated", "locked"),
		"namespace_definition": withDefault("destination", "source", "destination", "custom_format"),
		"namespace_format":     optionalText(),
		"prefix":               withDefault(""),
		"non_breaking_schema_updates_behavior": withDefault(
			"ignore", "ignore", "disable_connection", "propagate_columns", "propagate_fully",
		),
		"schedule": nested(map[string]schema.Attribute{
			"schedule_type":   must(optionalText("manual", "cron")),
			"cron_expression": optionalText(),
			"basic_timing":    computedText(),
		}),
		"configurations": nested(map[string]schema.Attribute{
			"streams": schema.SetNestedAttribute{
				Optional: true, Computed: true, PlanModifiers: []planmodifier.Set{byNameAndNamespace{}},
				NestedObject: element(streamAttributes()),
			},
		}),
		"tags": schema.ListNestedAttribute{
			Optional: true, Computed: true, PlanModifiers: []planmodifier.List{suppressDiff{}},
			NestedObject: element(map[string]schema.Attribute{
				"tag_id": must(optionalText()), "name": must(optionalText()), "color": must(optionalText()),
				"workspace_id": must(optionalText()),
			}),
		},
		"data_residency": schema.StringAttribute{
			Optional: true, DeprecationMessage: "All connections use the dataResidency of their workspace.",
		},
		"connection_id": computedText(),
		"workspace_id":  computedText(),
		"status_reason": computedText(),
		"created_at":    schema.Int64Attribute{Computed: true, PlanModifiers: []planmodifier.Int64{suppressDiff{}}},
	}
}

func streamAttributes() map[string]schema.Attribute {
	fields := element(map[string]schema.Attribute{"field_path": texts(types.StringType)})
	mappers := element(map[string]schema.Attribute{
		"id": optionalText(),
		"type": must(optionalText(
			"hashing", "field-renaming", "row-filtering", "encryption", "field-filtering",
		)),
		"mapper_configuration": mapperConfiguration(),
	})
	return map[string]schema.Attribute{
		"name":         must(optionalText()),
		"namespace":    optionalText(),
		"sync_mode":    optionalText(syncModes...),
		"cursor_field": texts(types.StringType),
		"primary_key":  texts(types.ListType{ElemType: types.StringType}),
		"selected_fields": schema.SetNestedAttribute{
			Optional: true, Computed: true, PlanModifiers: []planmodifier.Set{suppressDiff{}}, NestedObject: fields,
		},
		"mappers": schema.ListNestedAttribute{
			Optional: true, Computed: true, PlanModifiers: []planmodifier.List{suppressDiff{}}, NestedObject: mappers,
		},
		"include_files": schema.BoolAttribute{
			Optional: true, Computed: true, PlanModifiers: []planmodifier.Bool{suppressDiff{}},
		},
		"destination_object_name": optionalText(),
	}
}

// mapperConfiguration has one attribute for each kind. They are not computed, so that the kind that is not written any
// more is planned away; neither are the ones inside `encryption`.
func mapperConfiguration() schema.Attribute {
	key, conditions := written(), written()
	key.Sensitive, conditions.CustomType = true, jsontypes.NormalizedType{}
	aes := map[string]schema.Attribute{
		"algorithm": written("RSA", "AES"), "field_name_suffix": written(), "key": key, "target_field": written(),
		"mode": written("CBC", "CFB", "OFB", "CTR", "GCM", "ECB"), "padding": written("NoPadding", "PKCS5Padding"),
	}
	rsa := map[string]schema.Attribute{
		"algorithm": written("RSA", "AES"), "field_name_suffix": written(), "public_key": written(),
		"target_field": written(),
	}
	attribute := nested(oneOf(map[string]map[string]schema.Attribute{
		"hashing": {
			"method":       written("MD2", "MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"),
			"target_field": written(), "field_name_suffix": written(),
		},
		"field_renaming":  {"original_field_name": written(), "new_field_name": written()},
		"field_filtering": {"target_field": written()},
		"row_filtering":   {"conditions": conditions},
		"encryption":      oneOf(map[string]map[string]schema.Attribute{"aes": aes, "rsa": rsa}),
	}))
	attribute.Validators = []validator.Object{notNull{}}
	return attribute
}

// written is text of a mapper: optional and computed in the schema, but it has to be there.
func written(values ...string) schema.StringAttribute {
	attribute := must(optionalText(values...))
	attribute.PlanModifiers = nil
	return attribute
}

// oneOf are objects of which only one may be given.
func oneOf(objects map[string]map[string]schema.Attribute) map[string]schema.Attribute {
	attributes := map[string]schema.Attribute{}
	for name, inner := range objects {
		var others []path.Expression
		for other := range objects {
			if other != name {
				others = append(others, path.MatchRelative().AtParent().AtName(other))
			}
		}
		attributes[name] = schema.SingleNestedAttribute{
			Optional: true, Attributes: inner, Validators: []validator.Object{objectvalidator.ConflictsWith(others...)},
		}
	}
	return attributes
}

func nested(attributes map[string]schema.Attribute) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		Optional: true, Computed: true, PlanModifiers: []planmodifier.Object{suppressDiff{}}, Attributes: attributes,
	}
}

func withDefault(value string, values ...string) schema.StringAttribute {
	attribute := optionalText(values...)
	attribute.Default = stringdefault.StaticString(value)
	return attribute
}

func texts(element attr.Type) schema.ListAttribute {
	return schema.ListAttribute{
		Optional: true, Computed: true, PlanModifiers: []planmodifier.List{suppressDiff{}}, ElementType: element,
	}
}
