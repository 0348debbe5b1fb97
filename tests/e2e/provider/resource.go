package main

import (
	"context"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// object is one kind of object of the API as a resource.
type object struct {
	kind   string // "source": its path, its id and its type follow from it
	schema schema.Schema
	sent   []string // attributes of a create request
	update string   // the HTTP method of an update
	fixed  []string // attributes that an update does not send
	always []string // attributes that are sent as null where there is no value
	kept   []string // attributes that come from the configuration or the state, never from an answer
	reread bool     // whether a write is followed by a GET

	client *client
}

func (o *object) id() string { return o.kind + "_id" }

func (o *object) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_" + o.kind
}

func (o *object) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = o.schema
}

func (o *object) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	o.client, _ = req.ProviderData.(*client)
}

func (o *object) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	body := requestBody(req.Plan.Raw, o.sent, o.always)
	resp.State.Raw = o.write(ctx, http.MethodPost, "/"+o.kind+"s", body, req.Plan.Raw, resp.State.Raw, &resp.Diagnostics)
}

func (o *object) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	body := requestBody(req.Plan.Raw, without(o.sent, o.fixed), o.always)
	resp.State.Raw = o.write(ctx, o.update, o.place(req.State), body, req.Plan.Raw, resp.State.Raw, &resp.Diagnostics)
}

// write sends a plan and returns the new state: the answer with the plan laid over it (internal/provider/utils.go,
// refreshPlan), so that what the server changed of it is seen by the next refresh only. Where the GET that follows a
// creation fails, nothing is in the state, and the object exists.
func (o *object) write(
	ctx context.Context, method, place string, body map[string]any, plan, before tftypes.Value, found *diag.Diagnostics,
) tftypes.Value {
	got := o.call(ctx, method, place, body, found, http.StatusOK)
	if o.reread && !found.HasError() {
		fields, _ := got.json().(map[string]any)
		id, _ := fields[camel(o.id())].(string)
		got = o.call(ctx, http.MethodGet, "/"+o.kind+"s/"+id, nil, found, http.StatusOK)
	}
	if found.HasError() {
		return before
	}
	return overlay(plan, decode(plan.Type(), got.json()))
}

// call is a request whose answer should have one of some statuses.
func (o *object) call(
	ctx context.Context, method, place string, body map[string]any, found *diag.Diagnostics, wanted ...int,
) answer {
	got, err := o.client.call(ctx, method, place, body)
	if err != nil {
		found.AddError("failure to invoke API", err.Error())
		return got
	}
	got.check(o.kind, found, wanted...)
	return got
}

// Read takes what the server has, except the attributes that are kept: the configuration that comes back has its secrets
// masked (scripts/patch_config_preservation.py). A 404 takes the object out of the state.
func (o *object) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	found := &resp.Diagnostics
	got := o.call(ctx, http.MethodGet, o.place(req.State), nil, found, http.StatusOK, http.StatusNotFound)
	if found.HasError() {
		return
	}
	if got.StatusCode == http.StatusNotFound {
		resp.State.RemoveResource(ctx)
		return
	}
	before, after := attributes(req.State.Raw), attributes(decode(req.State.Raw.Type(), got.json()))
	for _, name := range o.kept {
		after[name] = before[name]
	}
	resp.State.Raw = tftypes.NewValue(req.State.Raw.Type(), after)
}

func (o *object) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	wanted := []int{http.StatusNoContent, http.StatusNotFound}
	o.call(ctx, http.MethodDelete, o.place(req.State), nil, &resp.Diagnostics, wanted...)
}

func (o *object) ImportState(
	ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse,
) {
	resource.ImportStatePassthroughID(ctx, path.Root(o.id()), req, resp)
}

func (o *object) place(state tfsdk.State) string {
	return "/" + o.kind + "s/" + text(attributes(state.Raw)[o.id()])
}

func without(names, left []string) []string {
	var rest []string
	for _, name := range names {
		if !contains(left, name) {
			rest = append(rest, name)
		}
	}
	return rest
}

func contains(names []string, name string) bool {
	for _, one := range names {
		if one == name {
			return true
		}
	}
	return false
}
