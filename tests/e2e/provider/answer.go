package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httputil"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// answer is a response of the API with its whole body.
type answer struct {
	*http.Response
	content []byte
}

func send(request *http.Request) (answer, error) {
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, fmt.Errorf("error sending request: %w", err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	response.Body = http.NoBody
	return answer{response, content}, err
}

// json is the body; nil where there is none.
func (a answer) json() (body any) {
	decoder := json.NewDecoder(bytes.NewReader(a.content))
	decoder.UseNumber()
	_ = decoder.Decode(&body)
	return body
}

// wordless are the answers whose body the provider throws away, by method and path of a kind of object; for the others
// than POST they are 403 and 404 (internal/sdk/sources.go, destinations.go, connections.go: DrainBody).
var wordless = map[string][]int{
	"POST /sources":      {http.StatusBadRequest, http.StatusForbidden},
	"POST /destinations": {http.StatusBadRequest, http.StatusForbidden, http.StatusNotFound},
	"POST /connections":  {http.StatusBadRequest, http.StatusForbidden},
}

func isWordless(method, kind string, status int) bool {
	codes, ok := wordless[method+" /"+kind+"s"]
	if !ok {
		codes = []int{http.StatusForbidden, http.StatusNotFound}
	}
	for _, code := range codes {
		if code == status {
			return true
		}
	}
	return false
}

// check adds what the real provider says to an answer with another status than the wanted ones, and to one that is no
// JSON where an object is wanted.
func (a answer) check(kind string, found *diag.Diagnostics, wanted ...int) {
	if a.isOneOf(wanted) {
		media, _, _ := mime.ParseMediaType(a.Header.Get("Content-Type"))
		if a.StatusCode == http.StatusOK && media != "application/json" {
			found.AddError("failure to invoke API", a.told("unknown content-type received: "+a.Header.Get("Content-Type")))
		}
		return
	}
	if !isWordless(a.Request.Method, kind, a.StatusCode) {
		found.AddError("failure to invoke API", a.told("unknown status code returned"))
		return
	}
	said := fmt.Sprintf("unexpected response from API. Got an unexpected response code %d", a.StatusCode)
	found.AddError(said, a.dump())
}

func (a answer) isOneOf(codes []int) bool {
	for _, code := range codes {
		if a.StatusCode == code {
			return true
		}
	}
	return false
}

// told is internal/sdk/models/errors, APIError.
func (a answer) told(message string) string {
	said := fmt.Sprintf("%s: Status %d", message, a.StatusCode)
	if len(a.content) > 0 {
		said += "\n" + string(a.content)
	}
	return said
}

// dump is debugResponse of internal/provider/utils.go; both bodies are used up by then, so that only heads are left.
func (a answer) dump() string {
	if a.Request.Header.Get("Authorization") != "" {
		a.Request.Header.Set("Authorization", "(sensitive)")
	}
	request, err := httputil.DumpRequest(a.Request, false)
	if err != nil {
		return err.Error()
	}
	response, err := httputil.DumpResponse(a.Response, false)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("**Request**:\n%s\n**Response**:\n%s", request, response)
}
