package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
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
	token string
}

// answer is a response of the API; its body is nil where there is none.
type answer struct {
	status int
	body   any
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

// call sends a request and returns the answer; an error is one of the connection or of the token. A token that is
// refused is asked for once more.
func (c *client) call(ctx context.Context, method, path string, body map[string]any) (answer, error) {
	got, err := c.authorized(ctx, method, path, body)
	if err == nil && got.status == http.StatusUnauthorized && c.usesToken() {
		c.forget()
		return c.authorized(ctx, method, path, body)
	}
	return got, err
}

func (c *client) authorized(ctx context.Context, method, path string, body map[string]any) (answer, error) {
	var content []byte
	if body != nil {
		content, _ = json.Marshal(body)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.server+path, bytes.NewReader(content))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/json")
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
	request.Header.Set("Authorization", "Bearer "+token)
	return err
}

func (c *client) forget() {
	c.lock.Lock()
	defer c.lock.Unlock()
	c.token = ""
}

// fetch returns the token, which all resources share (hooks/clientcredentials.go: a form, kept until it is refused).
func (c *client) fetch(ctx context.Context) (string, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.token != "" {
		return c.token, nil
	}
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {c.settings.ClientID.ValueString()},
		"client_secret": {c.settings.ClientSecret.ValueString()},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.tokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	got, err := send(request)
	if err != nil {
		return "", err
	}
	fields, _ := got.body.(map[string]any)
	if kind, _ := fields["token_type"].(string); !strings.EqualFold(kind, "bearer") {
		return "", fmt.Errorf("unexpected status code %d from the token endpoint %s", got.status, c.tokenURL)
	}
	c.token, _ = fields["access_token"].(string)
	return c.token, nil
}

func send(request *http.Request) (answer, error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	got := answer{status: response.StatusCode}
	decoder := json.NewDecoder(response.Body)
	decoder.UseNumber()
	_ = decoder.Decode(&got.body) // a 204 and a page of HTML have no JSON
	return got, nil
}

// refusal is the error of an answer that is none of the wanted ones, in the words of hooks/error_response.go: it reads
// data.message first.
func (a answer) refusal(wanted ...int) error {
	for _, status := range wanted {
		if a.status == status {
			return nil
		}
	}
	fields, _ := a.body.(map[string]any)
	data, _ := fields["data"].(map[string]any)
	for _, text := range []any{data["message"], fields["detail"], fields["message"]} {
		if said, ok := text.(string); ok {
			return fmt.Errorf("unexpected response code %d: %s", a.status, said)
		}
	}
	return errors.New("unexpected response code " + http.StatusText(a.status))
}
