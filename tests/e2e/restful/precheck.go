package main

import (
	"context"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/tidwall/gjson"
)

// A second of a delay lasts this long here.
const second = 10 * time.Millisecond

var status = schema.SingleNestedAttribute{Required: true, Attributes: map[string]schema.Attribute{
	"success": schema.StringAttribute{Required: true},
	"pending": schema.ListAttribute{Optional: true, ElementType: types.StringType},
}}

var delay = schema.Int64Attribute{Optional: true, Computed: true, Default: int64default.StaticInt64(10)}

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
		locator := at(api, "status_locator")
		if given(locator) && (!strings.HasPrefix(text(locator), "body.") || strings.Contains(text(locator), "$(")) {
			found.AddError("not in the stand-in", "the status_locator "+text(locator))
		}
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

// hold is internal/locks/lock.go, which tries in a loop without a pause.
func hold(ctx context.Context, name string) error {
	for mutex := mutexOf(name); !mutex.TryLock(); {
		if err := pause(ctx, second); err != nil {
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
		} else if err := c.wait(ctx, at(check, "api")); err != nil {
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

// polled is the address that ForPrecheck of internal/provider/api_option.go makes: a `?` in the path is escaped.
func (c *client) polled(api tftypes.Value) (string, error) {
	address, query := *c.base, url.Values{}
	path, err := url.JoinPath(address.Path, text(at(api, "path")))
	if err != nil {
		return "", err
	}
	for name, values := range fields(at(api, "query")) {
		for _, value := range elements(values) {
			query.Add(name, text(value))
		}
	}
	address.Path, address.RawQuery = path, query.Encode()
	return address.String(), nil
}

// wait is PollUntilDone of internal/client/async.go.
func (c *client) wait(ctx context.Context, api tftypes.Value) error {
	address, err := c.polled(api)
	if err != nil {
		return err
	}
	for {
		got, err := c.request(ctx, http.MethodGet, address, nil)
		if err != nil {
			return fmt.Errorf("polling %s: %v", address, err)
		}
		if !got.isSuccess() {
			return fmt.Errorf("polling returns %d: %s", got.status, got.body)
		}
		if done, err := isDone(api, got.body); done || err != nil {
			return err
		}
		if err := pause(ctx, between(api, got)); err != nil {
			return err
		}
	}
}

// isDone says whether the wanted status is there; any other that is not pending is an error.
func isDone(api tftypes.Value, body []byte) (bool, error) {
	locator := text(at(api, "status_locator"))
	found := gjson.GetBytes(body, strings.TrimPrefix(locator, "body."))
	if !found.Exists() {
		return false, fmt.Errorf("No status value found from %s", locator)
	}
	if strings.EqualFold(found.String(), text(at(api, "status", "success"))) {
		return true, nil
	}
	for _, pending := range elements(at(api, "status", "pending")) {
		if strings.EqualFold(found.String(), text(pending)) {
			return false, nil
		}
	}
	return false, fmt.Errorf("Unexpected status %q. Full response: %s", found.String(), body)
}

// between is how long to wait before the next look: what the answer says, else what the configuration says.
func between(api tftypes.Value, got answer) time.Duration {
	seconds := new(big.Float)
	if _, ok := seconds.SetString(got.retryAfter); !ok {
		_ = at(api, "default_delay_sec").As(&seconds)
	}
	whole, _ := seconds.Int64()
	return time.Duration(whole) * second
}

// pause sleeps, and ends early where the run is stopped.
func pause(ctx context.Context, length time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(length):
		return nil
	}
}
