package main

import (
	"context"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// precheckAttribute is that of internal/provider/resource.go.
func precheckAttribute(path schema.Attribute) schema.Attribute {
	api := map[string]schema.Attribute{
		"path":              path,
		"query":             schema.MapAttribute{Optional: true, ElementType: types.ListType{ElemType: types.StringType}},
		"header":            schema.MapAttribute{Optional: true, ElementType: types.StringType},
		"status":            status,
		"status_locator":    schema.StringAttribute{Required: true},
		"default_delay_sec": delay,
	}
	return schema.ListNestedAttribute{Optional: true, NestedObject: schema.NestedAttributeObject{
		Attributes: map[string]schema.Attribute{
			"mutex": schema.StringAttribute{Optional: true},
			"api":   schema.SingleNestedAttribute{Optional: true, Attributes: api},
		},
	}}
}

// validatePrechecks is what the validators of the real attributes refuse, and what is not done here.
func validatePrechecks(checks []tftypes.Value, found *diag.Diagnostics) {
	for _, check := range checks {
		mutex, api := at(check, "mutex"), at(check, "api")
		if mutex.IsNull() == api.IsNull() {
			found.AddError("Invalid Attribute Combination", "Exactly one of mutex and api must be given in a precheck")
		}
		validateLocator(api, found)
	}
}

var (
	mutexes     = map[string]*sync.Mutex{}
	mutexesLock sync.Mutex
)

func mutexOf(name string) *sync.Mutex {
	mutexesLock.Lock()
	defer mutexesLock.Unlock()
	if mutexes[name] == nil {
		mutexes[name] = &sync.Mutex{}
	}
	return mutexes[name]
}

// hold is internal/locks/lock.go, which tries in a loop without sleeping.
func hold(ctx context.Context, name string) error {
	for mutex := mutexOf(name); !mutex.TryLock(); time.Sleep(10 * time.Millisecond) {
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// precheck is internal/provider/precheck.go; what it returns is called at the end. A check that fails returns without
// releasing the mutexes of the ones before it, and who waits for one of them waits for ever.
func (c *client) precheck(ctx context.Context, checks []tftypes.Value, found *diag.Diagnostics) func() {
	var held []string
	for index, check := range checks {
		if mutex := at(check, "mutex"); given(mutex) {
			if err := hold(ctx, text(mutex)); err != nil {
				found.AddError(fmt.Sprintf("Pre-checking %d-th check (mutex) failure", index), err.Error())
				return nil
			}
			held = append(held, text(mutex))
		} else if err := c.look(ctx, at(check, "api")); err != nil {
			found.AddError(fmt.Sprintf("Pre-checking %d-th check (api) failure", index), err.Error())
			return nil
		}
	}
	return func() {
		for _, name := range held {
			mutexOf(name).Unlock()
		}
	}
}

func (c *client) look(ctx context.Context, api tftypes.Value) error {
	address, err := c.polled(api)
	if err != nil {
		return err
	}
	return c.wait(ctx, address, api)
}

// polled is the address that ForPrecheck of internal/provider/api_option.go makes: a `?` in the path is escaped.
func (c *client) polled(api tftypes.Value) (string, error) {
	address := *c.base
	path, err := url.JoinPath(address.Path, text(at(api, "path")))
	if err != nil {
		return "", err
	}
	address.Path, address.RawQuery = path, queryOf(api).Encode()
	return address.String(), nil
}
