"""The YAML registry: what people write, made checked values with the lines that they came from."""
