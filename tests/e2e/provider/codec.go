package main

import (
	"encoding/json"
	"math/big"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// requestBody is the JSON of some attributes. internal/sdk/models/shared: every field is `omitempty`, so that null and
// empty lists are not sent, except those that are always sent.
func requestBody(plan tftypes.Value, sent, always []string) map[string]any {
	body := map[string]any{}
	for name, value := range attributes(plan) {
		if encoded, given := encode(name, value); contains(sent, name) && given {
			body[camel(name)] = encoded
		} else if contains(always, name) {
			body[camel(name)] = nil
		}
	}
	return body
}

// encode is the JSON of a value, and whether there is any.
func encode(name string, value tftypes.Value) (any, bool) {
	if !value.IsKnown() || value.IsNull() || name == "basic_timing" {
		return nil, false
	}
	switch {
	case value.Type().Is(tftypes.Object{}):
		return encodeObject(name, value)
	case value.Type().Is(tftypes.List{}), value.Type().Is(tftypes.Set{}):
		var list []any
		for _, element := range elements(value) {
			if encoded, given := encode("", element); given {
				list = append(list, encoded)
			}
		}
		return list, len(list) > 0
	case value.Type().Is(tftypes.Bool):
		var flag bool
		_ = value.As(&flag)
		return flag, true
	case name == "configuration", name == "conditions":
		return json.RawMessage(text(value)), true
	}
	return text(value), true
}

func encodeObject(name string, value tftypes.Value) (any, bool) {
	object := map[string]any{}
	for inner, attribute := range attributes(value) {
		if encoded, given := encode(inner, attribute); given {
			object[camel(inner)] = encoded
		}
	}
	// OpenAPI MapperConfiguration: a union, whose branches are attributes in the provider.
	if name == "mapper_configuration" || name == "encryption" {
		for _, branch := range object {
			return branch, true
		}
	}
	return object, true
}

// decode is JSON as a value of a type. What is absent is null, an absent list is empty, an empty primary key is null
// (internal/provider/connection_resource_sdk.go).
func decode(kind tftypes.Type, body any) tftypes.Value {
	switch kind := kind.(type) {
	case tftypes.Object:
		return decodeObject(kind, body)
	case tftypes.List:
		return tftypes.NewValue(kind, decodeList(kind.ElementType, body))
	case tftypes.Set:
		return tftypes.NewValue(kind, decodeList(kind.ElementType, body))
	}
	switch body := body.(type) {
	case string:
		return tftypes.NewValue(kind, body)
	case bool:
		return tftypes.NewValue(kind, body)
	case json.Number:
		number, _, _ := big.ParseFloat(body.String(), 10, 512, big.ToNearestEven)
		return tftypes.NewValue(kind, number)
	case nil:
		return tftypes.NewValue(kind, nil)
	}
	content, _ := json.Marshal(body)
	return tftypes.NewValue(kind, string(content))
}

func decodeObject(kind tftypes.Object, body any) tftypes.Value {
	fields, ok := body.(map[string]any)
	if !ok {
		return tftypes.NewValue(kind, nil)
	}
	values := map[string]tftypes.Value{}
	for name, inner := range kind.AttributeTypes {
		values[name] = decode(inner, field(fields, name))
	}
	if key, ok := values["primary_key"]; ok && len(elements(key)) == 0 {
		values["primary_key"] = tftypes.NewValue(kind.AttributeTypes["primary_key"], nil)
	}
	return tftypes.NewValue(kind, values)
}

// field finds what belongs to an attribute; the branch of a mapper's configuration is told by its `type`.
func field(fields map[string]any, name string) any {
	value := fields[camel(name)]
	if name != "mapper_configuration" {
		return value
	}
	branch, _ := fields["type"].(string)
	if configuration, ok := value.(map[string]any); ok && branch == "encryption" {
		algorithm, _ := configuration["algorithm"].(string)
		value = map[string]any{strings.ToLower(algorithm): configuration}
	}
	return map[string]any{camel(strings.ReplaceAll(branch, "-", "_")): value}
}

func decodeList(kind tftypes.Type, body any) []tftypes.Value {
	found := []tftypes.Value{}
	list, _ := body.([]any)
	for _, item := range list {
		found = append(found, decode(kind, item))
	}
	return found
}

// overlay is what was planned where that is known, else what the server has. Streams are matched by name and namespace.
func overlay(plan, server tftypes.Value) tftypes.Value {
	if !plan.IsKnown() {
		return server
	}
	if plan.IsFullyKnown() {
		return plan
	}
	switch {
	case plan.Type().Is(tftypes.Object{}):
		values, theirs := attributes(plan), attributes(server)
		for name, value := range values {
			their, ok := theirs[name]
			if !ok {
				their = tftypes.NewValue(value.Type(), nil)
			}
			values[name] = overlay(value, their)
		}
		return tftypes.NewValue(plan.Type(), values)
	case plan.Type().Is(tftypes.List{}), plan.Type().Is(tftypes.Set{}):
		var values []tftypes.Value
		for index, value := range elements(plan) {
			values = append(values, overlay(value, counterpart(value, index, elements(server))))
		}
		return tftypes.NewValue(plan.Type(), values)
	}
	return server
}

func counterpart(value tftypes.Value, index int, theirs []tftypes.Value) tftypes.Value {
	mine := attributes(value)
	for at, their := range theirs {
		other := attributes(their)
		if _, ok := mine["sync_mode"]; !ok && at == index {
			return their
		}
		same := !mine["namespace"].IsKnown() || text(mine["namespace"]) == text(other["namespace"])
		if _, ok := mine["sync_mode"]; ok && text(mine["name"]) == text(other["name"]) && same {
			return their
		}
	}
	return tftypes.NewValue(value.Type(), nil)
}

// camel is the API's name of an attribute. OpenAPI ResourceRequirements: its properties are written as in the provider.
func camel(name string) string {
	parts := strings.Split(name, "_")
	if contains([]string{"cpu", "memory", "ephemeral"}, parts[0]) {
		return name
	}
	for index := range parts[1:] {
		parts[index+1] = strings.ToUpper(parts[index+1][:1]) + parts[index+1][1:]
	}
	return strings.Join(parts, "")
}

func attributes(value tftypes.Value) map[string]tftypes.Value {
	found := map[string]tftypes.Value{}
	if value.Type() != nil && value.Type().Is(tftypes.Object{}) && value.IsKnown() && !value.IsNull() {
		_ = value.As(&found)
	}
	return found
}

func elements(value tftypes.Value) []tftypes.Value {
	var found []tftypes.Value
	if value.IsKnown() && !value.IsNull() {
		_ = value.As(&found)
	}
	return found
}

func text(value tftypes.Value) string {
	var found string
	if value.Type() != nil && value.Type().Is(tftypes.String) && value.IsKnown() && !value.IsNull() {
		_ = value.As(&found)
	}
	return found
}
