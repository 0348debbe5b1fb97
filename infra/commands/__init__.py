"""The verbs of the command line: each parses, calls one function of the library, prints, and returns an exit code."""
