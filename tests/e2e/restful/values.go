package main

import (
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// at is the value at a path of attributes; null where there is none.
func at(value tftypes.Value, names ...string) tftypes.Value {
	for _, name := range names {
		found := map[string]tftypes.Value{}
		if given(value) {
			_ = value.As(&found)
		}
		value = found[name]
	}
	return value
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
