"""What every room needs: faults, printable text, the redactor, git, programs that are started, and the one HTTP transport."""
