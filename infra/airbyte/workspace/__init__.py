"""What is in a workspace, and how it fares."""
