package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// client is internal/client/client.go: a request is sent once, as `client.retry` of the provider block is not set.
type client struct {
	base     *url.URL
	security tftypes.Value
	http     *http.Client
}

// answer is a response with its whole body.
type answer struct {
	status     int
	retryAfter string
	body       []byte
}

func (a answer) isSuccess() bool { return a.status/100 == 2 }

func newClient(config tftypes.Value) (*client, error) {
	base, err := url.Parse(text(at(config, "base_url")))
	if err != nil {
		return nil, err
	}
	made := &client{base: base, security: at(config, "security"), http: http.DefaultClient}
	if credentials := at(made.security, "oauth2", "client_credentials"); given(credentials) {
		made.http = withToken(credentials)
	}
	return made, nil
}

// withToken is internal/client/build_option.go: a token is kept until shortly before it expires.
func withToken(credentials tftypes.Value) *http.Client {
	config := clientcredentials.Config{
		ClientID:     text(at(credentials, "client_id")),
		ClientSecret: text(at(credentials, "client_secret")),
		TokenURL:     text(at(credentials, "token_url")),
	}
	switch text(at(credentials, "in")) {
	case "params":
		config.AuthStyle = oauth2.AuthStyleInParams
	case "header":
		config.AuthStyle = oauth2.AuthStyleInHeader
	}
	ctx := context.Background() // outlives the configuration of the provider
	return oauth2.NewClient(ctx, config.TokenSource(ctx))
}

// address is where an object is asked for, as resty puts it together: a query in the path stays one, beside `query`.
func (c *client) address(object tftypes.Value, place string) string {
	path := strings.TrimLeft(text(at(object, place)), "/")
	address := strings.TrimRight(c.base.String(), "/") + "/" + path
	query := queryOf(object).Encode()
	switch {
	case query == "":
		return address
	case strings.Contains(path, "?"):
		return address + "&" + query
	}
	return address + "?" + query
}

func (c *client) request(ctx context.Context, method, address string, content []byte) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(content))
	if err != nil {
		return answer{}, err
	}
	request.Header.Set("Content-Type", "application/json")
	if basic := at(c.security, "http", "basic"); given(basic) {
		request.SetBasicAuth(text(at(basic, "username")), text(at(basic, "password")))
	}
	if token := at(c.security, "http", "token"); given(token) {
		request.Header.Set("Authorization", "Bearer "+text(at(token, "token")))
	}
	response, err := c.http.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header.Get("Retry-After"), body}, err
}

func encode(value tftypes.Value) ([]byte, error) {
	if !given(value) {
		return nil, nil
	}
	plain, err := plainOf(value)
	if err != nil {
		return nil, err
	}
	return json.Marshal(plain)
}
