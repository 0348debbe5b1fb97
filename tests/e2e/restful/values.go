package main

import (
	"encoding/json"
	"fmt"
	"math/big"
	"sort"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// at is the value at a path of attributes; null where there is none.
func at(value tftypes.Value, names ...string) tftypes.Value {
	for _, name := range names {
		value = fields(value)[name]
	}
	return value
}

// fields are what is in an object or a map.
func fields(value tftypes.Value) map[string]tftypes.Value {
	found := map[string]tftypes.Value{}
	if given(value) {
		_ = value.As(&found)
	}
	return found
}

// refuseUnknown finds attributes that have a value and are not among the paths that the stand-in knows.
func refuseUnknown(value tftypes.Value, known []string, found *diag.Diagnostics) {
	for _, path := range unknown(value, "", known) {
		found.AddError("not in the stand-in", path)
	}
}

func unknown(value tftypes.Value, path string, known []string) []string {
	var paths []string
	isAbove := path == ""
	for _, one := range known {
		if path == one {
			return nil
		}
		isAbove = isAbove || strings.HasPrefix(one, path+".")
	}
	switch {
	case value.IsNull() || isAbove && !value.IsKnown():
		return nil
	case !value.IsKnown():
		return []string{path}
	case value.Type().Is(tftypes.Object{}):
		for name, inner := range fields(value) {
			paths = append(paths, unknown(inner, join(path, name), known)...)
		}
	case value.Type().Is(tftypes.List{}), value.Type().Is(tftypes.Set{}):
		for _, element := range elements(value) {
			paths = append(paths, unknown(element, path, known)...)
		}
	default:
		return []string{path}
	}
	sort.Strings(paths)
	return paths
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func given(value tftypes.Value) bool {
	return value.Type() != nil && value.IsKnown() && !value.IsNull()
}

func elements(value tftypes.Value) []tftypes.Value {
	var found []tftypes.Value
	if given(value) {
		_ = value.As(&found)
	}
	return found
}

func text(value tftypes.Value) string {
	var found string
	if given(value) {
		_ = value.As(&found)
	}
	return found
}

// plainOf is internal/dynamic/dynamic.go, ToJSON.
func plainOf(value tftypes.Value) (any, error) {
	if value.IsNull() {
		return nil, nil
	}
	switch kind := value.Type(); {
	case kind.Is(tftypes.String):
		return text(value), nil
	case kind.Is(tftypes.Bool):
		var flag bool
		return flag, value.As(&flag)
	case kind.Is(tftypes.Number):
		number := new(big.Float)
		err := value.As(&number)
		return json.Number(number.Text('f', -1)), err
	case kind.Is(tftypes.Object{}), kind.Is(tftypes.Map{}):
		var fields map[string]tftypes.Value
		if err := value.As(&fields); err != nil {
			return nil, err
		}
		plain := map[string]any{}
		for name, field := range fields {
			inner, err := plainOf(field)
			if err != nil {
				return nil, err
			}
			plain[name] = inner
		}
		return plain, nil
	case kind.Is(tftypes.Tuple{}), kind.Is(tftypes.List{}), kind.Is(tftypes.Set{}):
		plain := []any{}
		for _, element := range elements(value) {
			inner, err := plainOf(element)
			if err != nil {
				return nil, err
			}
			plain = append(plain, inner)
		}
		return plain, nil
	}
	return nil, fmt.Errorf("unhandled type %s", value.Type())
}

// decode is internal/dynamic/dynamic.go, FromJSONImplied: objects and tuples.
func decode(body []byte) (tftypes.Value, error) {
	var plain any
	if err := json.Unmarshal(body, &plain); err != nil {
		return tftypes.Value{}, err
	}
	return implied(plain), nil
}

func implied(plain any) tftypes.Value {
	switch plain := plain.(type) {
	case string:
		return tftypes.NewValue(tftypes.String, plain)
	case bool:
		return tftypes.NewValue(tftypes.Bool, plain)
	case float64:
		return tftypes.NewValue(tftypes.Number, plain)
	case map[string]any:
		kinds, values := map[string]tftypes.Type{}, map[string]tftypes.Value{}
		for name, inner := range plain {
			values[name] = implied(inner)
			kinds[name] = values[name].Type()
		}
		return tftypes.NewValue(tftypes.Object{AttributeTypes: kinds}, values)
	case []any:
		kinds, values := []tftypes.Type{}, []tftypes.Value{}
		for _, inner := range plain {
			values = append(values, implied(inner))
			kinds = append(kinds, values[len(values)-1].Type())
		}
		return tftypes.NewValue(tftypes.Tuple{ElementTypes: kinds}, values)
	}
	return tftypes.NewValue(tftypes.DynamicPseudoType, nil)
}

// filled is an object with other values for some of its attributes.
func filled(object tftypes.Value, more map[string]tftypes.Value) tftypes.Value {
	values := map[string]tftypes.Value{}
	_ = object.As(&values)
	for name, value := range more {
		values[name] = value
	}
	return tftypes.NewValue(object.Type(), values)
}
