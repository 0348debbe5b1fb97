//go:build tools

// Package tools keeps etcd, kube-apiserver and kubectl in go.mod. They are built from here, by their import paths.
package tools

import (
	_ "go.etcd.io/etcd/server/v3"
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kubectl"
)
