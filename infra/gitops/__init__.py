"""GitOps: Flux and tofu-controller manifests, and the encrypted files that their Secrets come from."""
