package main

import (
	"context"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/tidwall/gjson"
)

// A second between two looks lasts this long here.
const second = 10 * time.Millisecond

var status = schema.SingleNestedAttribute{Required: true, Attributes: map[string]schema.Attribute{
	"success": schema.StringAttribute{Required: true},
	"pending": schema.ListAttribute{Optional: true, ElementType: types.StringType},
}}

var delay = schema.Int64Attribute{Optional: true, Computed: true, Default: int64default.StaticInt64(10)}

func pollAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{Optional: true, Attributes: map[string]schema.Attribute{
		"status": status, "status_locator": schema.StringAttribute{Required: true},
		"url_locator": schema.StringAttribute{Optional: true}, "default_delay_sec": delay,
		"header": schema.MapAttribute{Optional: true, ElementType: types.StringType},
	}}
}

// validateLocator refuses a place of the status that the stand-in does not know.
func validateLocator(settings tftypes.Value, found *diag.Diagnostics) {
	locator := text(at(settings, "status_locator"))
	isKnown := strings.HasPrefix(locator, "body.") && !strings.Contains(locator, "$(")
	if locator != "" && locator != "code" && !isKnown {
		found.AddError("not in the stand-in", "the status_locator "+locator)
	}
}

// shortPauses is the name of an environment variable: with it the delay before the first look is as short as the others.
const shortPauses = "RESTFUL_SHORT_PAUSES"

// poll looks at what an operation has asked, beginning with a delay: it lasts as long as is configured, because what
// happens meanwhile, such as OpenTofu storing its state, depends on it.
func (c *client) poll(ctx context.Context, object tftypes.Value, got answer) error {
	settings := at(object, "poll")
	if !given(settings) {
		return nil
	}
	unit := time.Second
	if os.Getenv(shortPauses) != "" {
		unit = second
	}
	time.Sleep(time.Duration(seconds(settings, got)) * unit)
	return c.wait(ctx, c.address(object, "path"), settings)
}

// wait is PollUntilDone of internal/client/async.go: it sleeps through the end of a run, and then the look fails.
func (c *client) wait(ctx context.Context, address string, settings tftypes.Value) error {
	for {
		got, err := c.request(ctx, http.MethodGet, address, nil)
		if err != nil {
			return fmt.Errorf("polling %s: %v", address, err)
		}
		if done, err := isDone(settings, got); done || err != nil {
			return err
		}
		time.Sleep(time.Duration(seconds(settings, got)) * second)
	}
}

// isDone says whether the wanted status is there; any other that is not pending is an error.
func isDone(settings tftypes.Value, got answer) (bool, error) {
	found, err := located(text(at(settings, "status_locator")), got)
	if err != nil {
		return false, err
	}
	if strings.EqualFold(found, text(at(settings, "status", "success"))) {
		return true, nil
	}
	for _, pending := range elements(at(settings, "status", "pending")) {
		if strings.EqualFold(found, text(pending)) {
			return false, nil
		}
	}
	return false, fmt.Errorf("Unexpected status %q. Full response: %s", found, got.body)
}

func located(locator string, got answer) (string, error) {
	if locator == "code" {
		return strconv.Itoa(got.status), nil
	}
	if !got.isSuccess() {
		return "", fmt.Errorf("polling returns %d: %s", got.status, got.body)
	}
	found := gjson.GetBytes(got.body, strings.TrimPrefix(locator, "body."))
	if !found.Exists() {
		return "", fmt.Errorf("No status value found from %s", locator)
	}
	return found.String(), nil
}

// seconds is how long to wait before the next look: what the answer says, else what the configuration says.
func seconds(settings tftypes.Value, got answer) int64 {
	if said, err := strconv.ParseInt(got.retryAfter, 10, 64); err == nil {
		return said
	}
	configured := new(big.Float)
	_ = at(settings, "default_delay_sec").As(&configured)
	whole, _ := configured.Int64()
	return whole
}

// queryOf is the attribute `query` of an object.
func queryOf(object tftypes.Value) url.Values {
	query := url.Values{}
	for name, values := range fields(at(object, "query")) {
		for _, value := range elements(values) {
			query.Add(name, text(value))
		}
	}
	return query
}
