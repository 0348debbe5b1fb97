//go:build tools

// Package tools keeps sops and age-keygen in go.mod. They are built from here, by their import paths.
package tools

import (
	_ "filippo.io/age/cmd/age-keygen"
	_ "github.com/getsops/sops/v3/cmd/sops"
)
