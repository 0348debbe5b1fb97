"""`python -m tests.bench`: time and memory of `check` and `synth`, each against a baseline in the same run."""
