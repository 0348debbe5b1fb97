package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/tidwall/gjson"
)

// client is internal/client/client.go: a request is sent once, as `client.retry` of the provider block is not set.
type client struct {
	base     string
	security tftypes.Value

	lock  sync.Mutex
	token string
}

func newClient(config tftypes.Value) *client {
	return &client{base: text(at(config, "base_url")), security: at(config, "security")}
}

// send is one request; an answer that is no 2xx is an error in the words of internal/provider/operation_resource.go.
func (c *client) send(ctx context.Context, method, path string, content []byte, what string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if err := c.authorize(ctx, request); err != nil {
		return nil, err
	}
	return answer(request, what)
}

// authorize is internal/client/build_option.go.
func (c *client) authorize(ctx context.Context, request *http.Request) error {
	if basic := at(c.security, "http", "basic"); given(basic) {
		request.SetBasicAuth(text(at(basic, "username")), text(at(basic, "password")))
	}
	if token := at(c.security, "http", "token"); given(token) {
		request.Header.Set("Authorization", "Bearer "+text(at(token, "token")))
	}
	credentials := at(c.security, "oauth2", "client_credentials")
	if !given(credentials) {
		return nil
	}
	token, err := c.fetch(ctx, credentials)
	request.Header.Set("Authorization", "Bearer "+token)
	return err
}

// fetch is golang.org/x/oauth2/clientcredentials with `in = "params"`: a form, kept for all requests.
func (c *client) fetch(ctx context.Context, credentials tftypes.Value) (string, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.token != "" {
		return c.token, nil
	}
	form := url.Values{"grant_type": {"client_credentials"}}
	for _, name := range []string{"client_id", "client_secret"} {
		form.Set(name, text(at(credentials, name)))
	}
	place := text(at(credentials, "token_url"))
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, place, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body, err := answer(request, "oauth2: cannot fetch token")
	c.token = gjson.GetBytes(body, "access_token").String()
	return c.token, err
}

func answer(request *http.Request, what string) ([]byte, error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode/100 != 2 {
		err = fmt.Errorf("%s returns %d: %s", what, response.StatusCode, body)
	}
	return body, err
}

var (
	mutexes     = map[string]*sync.Mutex{}
	mutexesLock sync.Mutex
)

// hold is internal/locks/lock.go.
func hold(name string) *sync.Mutex {
	mutexesLock.Lock()
	if mutexes[name] == nil {
		mutexes[name] = &sync.Mutex{}
	}
	mutex := mutexes[name]
	mutexesLock.Unlock()
	mutex.Lock()
	return mutex
}

// precheck is internal/provider/precheck.go and internal/client/async.go; what it returns is called at the end. Its
// seconds are hundredths of a second here.
func (c *client) precheck(ctx context.Context, checks []tftypes.Value) (func(), error) {
	var held []*sync.Mutex
	release := func() {
		for _, mutex := range held {
			mutex.Unlock()
		}
	}
	for _, check := range checks {
		if mutex := at(check, "mutex"); given(mutex) {
			held = append(held, hold(text(mutex)))
		} else if err := c.wait(ctx, at(check, "api")); err != nil {
			release()
			return nil, err
		}
	}
	return release, nil
}

func (c *client) wait(ctx context.Context, api tftypes.Value) error {
	success, pending := text(at(api, "status", "success")), elements(at(api, "status", "pending"))
	locator := strings.TrimPrefix(text(at(api, "status_locator")), "body.")
	for {
		body, err := c.send(ctx, http.MethodGet, text(at(api, "path")), nil, "polling")
		if err != nil {
			return err
		}
		status := gjson.GetBytes(body, locator)
		if !status.Exists() {
			return fmt.Errorf("No status value found from %s", locator)
		}
		if status.String() == success {
			return nil
		}
		known := false
		for _, one := range pending {
			known = known || text(one) == status.String()
		}
		if !known {
			return fmt.Errorf("Unexpected status %q. Full response: %s", status.String(), body)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(10 * 10 * time.Millisecond):
		}
	}
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
