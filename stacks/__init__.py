"""The CDKTF app: puts registry values and constructs together, without rules of its own."""
