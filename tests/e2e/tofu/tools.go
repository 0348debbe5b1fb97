//go:build tools

// Package tools keeps OpenTofu in go.mod. `tofu` is built from here, by its import path.
package tools

import _ "github.com/opentofu/opentofu/cmd/tofu"
