"""From a Terraform state: what it made, with the addresses that it keeps."""

from __future__ import annotations

from infra.move.found_terraform import FoundTerraform
from infra.move.terraform.found_resources import put_together
from infra.move.terraform.state_document import read_resources
from infra.move.untold import Notes


def read_state(text: str, origin: str) -> FoundTerraform:
    """What a state tells: `terraform.tfstate`, or what `tofu show -json` prints. Instances of `count`, `for_each` and modules
    are objects of their own. Raises UserError for what is no state.
    """
    notes = Notes()
    return put_together(read_resources(text, origin, notes), origin, notes)
