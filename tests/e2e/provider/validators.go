package main

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// notNull refuses an attribute that is not configured (internal/validators/*/not_null.go).
type notNull struct{}

func (notNull) Description(context.Context) string         { return "value must be configured" }
func (notNull) MarkdownDescription(context.Context) string { return "value must be configured" }

func (notNull) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	missing(req.ConfigValue.IsNull(), req.Path, &resp.Diagnostics)
}

func (notNull) ValidateObject(_ context.Context, req validator.ObjectRequest, resp *validator.ObjectResponse) {
	missing(req.ConfigValue.IsNull(), req.Path, &resp.Diagnostics)
}

func missing(isNull bool, place path.Path, found *diag.Diagnostics) {
	if isNull {
		found.AddAttributeError(place, "Missing Attribute Value", place.String()+": value must be configured")
	}
}
