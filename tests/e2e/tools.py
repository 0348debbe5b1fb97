"""What the end-to-end tests run: OpenTofu, and providers in a filesystem mirror.

They are taken from PATH in the right release; else OpenTofu is built with Go, once, outside the checkout, and a
stand-in takes a real provider's place. `python -m tests.e2e.tools` says which ones are here.
"""

from __future__ import annotations

import functools
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.lake.model.backfills import RESTFUL_SOURCE, RESTFUL_VERSION
from infra.lake.registry.lake import PROVIDER_VERSION
from tests.tools.build import ToolsMissing, build, cache, digest, give_up, once

FOLDER = Path(__file__).parent
# The release line that tofu-controller's runner ships.
TOFU_LINE = "1.12."


@dataclass(frozen=True)
class Provider:
    """A provider that stacks need.

    Attributes:
        source: as in `required_providers`; without a host it is in OpenTofu's own registry.
        module: the folder of the stand-in for it.

    """

    source: str
    version: str
    module: Path

    @property
    def program(self) -> str:
        """The file name that tofu looks for."""
        return f"terraform-provider-{self.source.rpartition('/')[2]}_v{self.version}"


AIRBYTE = Provider("airbytehq/airbyte", PROVIDER_VERSION, FOLDER / "provider")
# Only a stack with backfills needs it.
RESTFUL = Provider(RESTFUL_SOURCE, RESTFUL_VERSION, FOLDER / "restful")


@dataclass(frozen=True)
class Tools:
    """The programs.

    Attributes:
        tofu: the binary.
        cli_config: CLI configuration with a filesystem mirror of the providers and nothing else: no registry is asked.
        versions: a line for each program.
        is_real: whether the providers are the real ones.

    """

    tofu: Path
    cli_config: Path
    versions: tuple[str, ...]
    is_real: bool

    @property
    def environment(self) -> dict[str, str]:
        """The environment of a `tofu` process."""
        return tofu_environment(self.cli_config)


@functools.cache
def tools(*providers: Provider) -> Tools:
    """Tofu and the providers, by default Airbyte's alone, built if they are not here. Raises ToolsMissing."""
    binary, wanted = tofu(), providers or (AIRBYTE,)
    real = {provider: shutil.which(provider.program) for provider in wanted}
    programs = {provider: Path(found) if found else stand_in(provider) for provider, found in real.items()}
    held = digest(b"".join(program.read_bytes() for program in programs.values()))
    missing = "stand-in provider, the real one is not to be had on this machine"
    notes = (f"{provider.source} {provider.version}: {real[provider] or missing}" for provider in wanted)
    return Tools(
        tofu=binary,
        cli_config=mirror(programs, cache() / f"mirror-{held}"),
        versions=(f"tofu {tofu_version(binary)}: {binary}", *notes),
        is_real=all(real.values()),
    )


def tools_or_skip(*providers: Provider) -> Tools:
    """`tools`; where they cannot be had, the test is skipped, and fails in CI."""
    try:
        return tools(*providers)
    except ToolsMissing as error:
        give_up(error)


def releases(provider: Provider) -> tuple[str, ...]:
    """The releases of a provider that can be run here: its own, and the real ones on PATH; sorted as text."""
    prefix = provider.program.removesuffix(provider.version)
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    found = {path.name.removeprefix(prefix) for folder in folders for path in folder.glob(f"{prefix}[0-9]*")}
    return tuple(sorted({provider.version, *(name for name in found if shutil.which(prefix + name))}))


@functools.cache
def tofu() -> Path:
    """OpenTofu of the release line. Raises ToolsMissing."""
    found = shutil.which("tofu")
    if found is not None and tofu_version(Path(found)).startswith(TOFU_LINE):
        return Path(found)
    variable = "github.com/opentofu/opentofu/version.dev=no"
    return build(FOLDER / "tofu", "tofu", "github.com/opentofu/opentofu/cmd/tofu", variable)


@functools.cache
def stand_in(provider: Provider) -> Path:
    """The stand-in of a provider. Raises ToolsMissing."""
    module, name = provider.module, provider.program.partition("_")[0]
    # Its version holds its sources, so that another state of them is another build.
    sources = digest(b"\0".join(path.read_bytes() for path in sorted(module.glob("*.go"))))
    return build(module, name, ".", f"main.version={provider.version}+{sources}")


def tofu_version(binary: Path) -> str:
    """The release that a `tofu` binary says it is; empty where it says none, as a version manager's shim may."""
    command = [str(binary), "version", "-json"]
    done = subprocess.run(command, capture_output=True, check=False, env=tofu_environment(Path(os.devnull)))
    return str(json.loads(done.stdout)["terraform_version"]) if done.returncode == 0 else ""


def tofu_environment(cli_config: Path) -> dict[str, str]:
    """This process's environment without the user's own settings of Terraform."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TF_", "TOFU_"))}
    return {**kept, "TF_CLI_CONFIG_FILE": str(cli_config), "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}


def mirror(programs: Mapping[Provider, Path], folder: Path) -> Path:
    """The CLI configuration, in `folder`, beside a filesystem mirror that holds the providers."""
    with once(folder) as unfinished:
        if unfinished is not None:
            for provider, program in programs.items():
                place = f"registry.opentofu.org/{provider.source}/{provider.version}/{_platform()}"
                package = unfinished / "providers" / place
                package.mkdir(parents=True)
                shutil.copy2(program, package / provider.program)
            path = json.dumps(str(folder / "providers"))
            config = f"provider_installation {{\n  filesystem_mirror {{\n    path = {path}\n  }}\n}}\n"
            (unfinished / "tofu.rc").write_text(config)
    return folder / "tofu.rc"


def _platform() -> str:
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{ {'x86_64': 'amd64', 'aarch64': 'arm64'}.get(machine, machine) }"


if __name__ == "__main__":
    try:
        print(*tools(AIRBYTE, RESTFUL).versions, sep="\n")
    except ToolsMissing as error:
        raise SystemExit(str(error)) from None
