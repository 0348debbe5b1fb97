"""`python -m stacks`, the CDKTF app that `cdktf synth` runs, is `lakeform synth`."""

import sys

from infra.commands.main import main

sys.exit(main(["synth", *sys.argv[1:]]))
