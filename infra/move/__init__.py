"""Import and drift: a workspace, a state, HCL or octavia files as a side of a review and as files."""
