package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// token is a session of hooks/clientcredentials.go.
type token struct {
	text    string
	expires time.Time // zero: never
}

// hasExpired says so a minute before it is true.
func (t *token) hasExpired() bool {
	return !t.expires.IsZero() && !time.Now().Add(time.Minute).Before(t.expires)
}

// fetch returns the token, which all resources share. One that the server refuses is kept as well: AfterError, which would
// forget it, is never called, because the operations have no status that counts as an error (MatchStatusCodes of an empty
// list in internal/sdk/connections.go and its like).
func (c *client) fetch(ctx context.Context) (*token, error) {
	c.lock.Lock()
	defer c.lock.Unlock()
	if c.token == nil || c.token.hasExpired() {
		got, err := c.ask(ctx)
		if err != nil {
			return nil, err
		}
		c.token = got
	}
	return c.token, nil
}

func (c *client) ask(ctx context.Context) (*token, error) {
	form := url.Values{
		"grant_type":    {"client_credentials"},
		"client_id":     {c.settings.ClientID.ValueString()},
		"client_secret": {c.settings.ClientSecret.ValueString()},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.tokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	got, err := send(request)
	if err != nil {
		return nil, fmt.Errorf("failed to send token request: %w", err)
	}
	if got.StatusCode/100 != 2 {
		return nil, fmt.Errorf("unexpected status code: %d: %s", got.StatusCode, got.content)
	}
	return readToken(got.content)
}

func readToken(content []byte) (*token, error) {
	var given struct {
		AccessToken string `json:"access_token"`
		TokenType   string `json:"token_type"`
		ExpiresIn   *int64 `json:"expires_in"`
	}
	if err := json.Unmarshal(content, &given); err != nil {
		return nil, fmt.Errorf("failed to decode token response: %w", err)
	}
	if !strings.EqualFold(given.TokenType, "bearer") {
		return nil, fmt.Errorf("unexpected token type: %s", given.TokenType)
	}
	read := &token{text: given.AccessToken}
	if given.ExpiresIn != nil {
		read.expires = time.Now().Add(time.Duration(*given.ExpiresIn) * time.Second)
	}
	return read, nil
}
