// Command flux-health says what Flux thinks of objects, with the code that kustomize-controller has for `healthCheckExprs`.
//
// On its standard input is one JSON object: `expressions`, an entry of `healthCheckExprs`, and `objects`. It prints a line for
// each object: Current, InProgress or Failed.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/fluxcd/pkg/apis/kustomize"
	"github.com/fluxcd/pkg/runtime/cel"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type question struct {
	Expressions kustomize.HealthCheckExpressions `json:"expressions"`
	Objects     []json.RawMessage                `json:"objects"`
}

func main() {
	if err := answer(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer(ctx context.Context) error {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return err
	}
	evaluator, err := cel.NewStatusEvaluator(&asked.Expressions)
	if err != nil {
		return err
	}
	for _, raw := range asked.Objects {
		object := &unstructured.Unstructured{}
		if err := object.UnmarshalJSON(raw); err != nil {
			return err
		}
		found, err := evaluator.Evaluate(ctx, object)
		if err != nil {
			return err
		}
		fmt.Println(found.Status)
	}
	return nil
}
