"""Files that commands write for people to go on with."""
