"""What editors are told of a lake's files: JSON Schemas to complete from, to describe and to mark with."""
