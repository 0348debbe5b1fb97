"""Where the files of a stream are, and what its landing table is called: by name alone."""
