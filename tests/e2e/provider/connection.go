package main

import (
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework-jsontypes/jsontypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
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
			"schedule_type":   optionalText("manual", "cron"),
			"cron_expression": optionalText(),
			"basic_timing":    computedText(),
		}),
		"configurations": nested(map[string]schema.Attribute{
			"streams": schema.SetNestedAttribute{
				Optional: true, Computed: true, PlanModifiers: []planmodifier.Set{byNameAndNamespace{}},
				NestedObject: schema.NestedAttributeObject{Attributes: streamAttributes()},
			},
		}),
		"tags": schema.ListNestedAttribute{
			Optional: true, Computed: true, PlanModifiers: []planmodifier.List{suppressDiff{}},
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"tag_id": optionalText(), "name": optionalText(), "color": optionalText(), "workspace_id": optionalText(),
			}},
		},
		"data_residency": schema.StringAttribute{Optional: true},
		"connection_id":  computedText(),
		"workspace_id":   computedText(),
		"status_reason":  computedText(),
		"created_at":     schema.Int64Attribute{Computed: true, PlanModifiers: []planmodifier.Int64{suppressDiff{}}},
	}
}

func streamAttributes() map[string]schema.Attribute {
	fields := schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{"field_path": texts(types.StringType)}}
	mappers := schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
		"id": optionalText(),
		"type": optionalText(
			"hashing", "field-renaming", "row-filtering", "encryption", "field-filtering",
		),
		"mapper_configuration": mapperConfiguration(),
	}}
	return map[string]schema.Attribute{
		"name":         optionalText(),
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

func mapperConfiguration() schema.Attribute {
	key := optionalText()
	key.Sensitive = true
	conditions := optionalText()
	conditions.CustomType = jsontypes.NormalizedType{}
	return nested(map[string]schema.Attribute{
		"hashing": nested(map[string]schema.Attribute{
			"method":       optionalText("MD2", "MD5", "SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"),
			"target_field": optionalText(), "field_name_suffix": optionalText(),
		}),
		"field_renaming": nested(map[string]schema.Attribute{
			"original_field_name": optionalText(), "new_field_name": optionalText(),
		}),
		"field_filtering": nested(map[string]schema.Attribute{"target_field": optionalText()}),
		"row_filtering":   nested(map[string]schema.Attribute{"conditions": conditions}),
		"encryption": nested(map[string]schema.Attribute{
			"aes": nested(map[string]schema.Attribute{
				"algorithm": optionalText("AES", "RSA"), "field_name_suffix": optionalText(), "key": key,
				"mode":    optionalText("CBC", "CFB", "OFB", "CTR", "GCM", "ECB"),
				"padding": optionalText("NoPadding", "PKCS5Padding"), "target_field": optionalText(),
			}),
			"rsa": nested(map[string]schema.Attribute{
				"algorithm": optionalText("AES", "RSA"), "field_name_suffix": optionalText(),
				"public_key": optionalText(), "target_field": optionalText(),
			}),
		}),
	})
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
