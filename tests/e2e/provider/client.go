package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// client sends each request once: no operation of the provider retries (terraform-provider-airbyte, internal/sdk: only
// a timeout is declared).
type client struct {
	server   string
	settings settings
	tokenURL string

	lock  sync.Mutex
	token *token
}

func newClient(given settings) (*client, error) {
	server := strings.TrimRight(given.ServerURL.ValueString(), "/")
	if server == "" {
		server = "https://api.airbyte.com/v1"
	}
	base, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	// internal/sdk/internal/hooks/clientcredentials.go: resolved against the server, so that the default, an absolute
	// path, is wrong for a self-managed server (issues 216, 280).
	relative := given.TokenURL.ValueString()
	if relative == "" {
		relative = "/v1/applications/token"
	}
	reference, err := url.Parse(relative)
	if err != nil {
		return nil, err
	}
	return &client{server: server, settings: given, tokenURL: base.ResolveReference(reference).String()}, nil
}

// call sends a request and returns the answer; an error is one of the connection or of the token.
func (c *client) call(ctx context.Context, method, path string, body map[string]any) (answer, error) {
	var content []byte
	if body != nil {
		content, _ = json.Marshal(body)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.server+path, bytes.NewReader(content))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Accept", "application/json")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	if err := c.authorize(ctx, request); err != nil {
		return answer{}, err
	}
	return send(request)
}

func (c *client) usesToken() bool {
	return c.settings.ClientID.ValueString() != "" && c.settings.ClientSecret.ValueString() != ""
}

func (c *client) authorize(ctx context.Context, request *http.Request) error {
	if bearer := c.settings.BearerAuth.ValueString(); bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	if user := c.settings.Username.ValueString(); user != "" {
		request.SetBasicAuth(user, c.settings.Password.ValueString())
	}
	if !c.usesToken() {
		return nil
	}
	token, err := c.fetch(ctx)
	if err != nil {
		return fmt.Errorf("failed to get token: %w", err)
	}
	request.Header.Set("Authorization", "Bearer "+token.text)
	return nil
}
