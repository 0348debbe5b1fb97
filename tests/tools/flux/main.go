// Command flux-apply applies the objects on its standard input as Flux's kustomize-controller does: with Flux's own
// library, and the options of kustomize-controller 1.9 (internal/controller/kustomization_controller.go, apply).
//
// It prints a line for each object: what was done. The cluster is the current one of KUBECONFIG.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/fluxcd/pkg/ssa"
	ssautil "github.com/fluxcd/pkg/ssa/utils"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/config"
)

const (
	controller = "kustomize-controller"
	group      = "kustomize.toolkit.fluxcd.io"
)

func main() {
	if err := apply(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func apply(ctx context.Context) error {
	objects, err := ssautil.ReadObjects(os.Stdin)
	if err != nil {
		return err
	}
	settings, err := config.GetConfig()
	if err != nil {
		return err
	}
	cluster, err := client.New(settings, client.Options{Scheme: runtime.NewScheme()})
	if err != nil {
		return err
	}
	manager := ssa.NewResourceManager(cluster, nil, ssa.Owner{Field: controller, Group: group})
	manager.SetOwnerLabels(objects, "airbyte-terraform", "flux-system")
	changes, err := manager.ApplyAllStaged(ctx, objects, options())
	if err != nil {
		return err
	}
	for _, change := range changes.Entries {
		fmt.Println(change.Subject, change.Action)
	}
	return nil
}

func options() ssa.ApplyOptions {
	found := ssa.DefaultApplyOptions()
	found.ExclusionSelector = map[string]string{group + "/reconcile": "disabled", group + "/ssa": "Ignore"}
	found.IfNotPresentSelector = map[string]string{group + "/ssa": "IfNotPresent"}
	found.ForceSelector = map[string]string{group + "/force": "enabled"}
	found.Cleanup = ssa.ApplyCleanupOptions{
		Annotations: []string{
			"kubectl.kubernetes.io/last-applied-configuration",
			group + "/checksum",
			"fluxcd.io/sync-checksum",
		},
		Labels: []string{"fluxcd.io/sync-gc-mark"},
		FieldManagers: []ssa.FieldManager{
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationApply},
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationUpdate},
			{Name: "before-first-apply", OperationType: metav1.ManagedFieldsOperationUpdate},
			{Name: controller, OperationType: metav1.ManagedFieldsOperationUpdate},
		},
		Exclusions: map[string]string{group + "/ssa": "Merge"},
	}
	return found
}
