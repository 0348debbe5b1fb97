"""What has to be acknowledged, and the review as a whole."""
