"""`python -m clients.packages dist` builds every package whose toolchain is here, and names the others."""

import sys
from collections.abc import Callable
from pathlib import Path

from clients.packages import contract, go_module, maven, npm


def _build_python(into: Path) -> None:
    project = contract.ROOT / "clients" / "python"
    contract.run(sys.executable, "-m", "hatchling", "build", "-d", str(into), folder=project)


_PACKAGES: dict[str, tuple[str, Callable[[Path], None]]] = {
    "Python, chorus-client": ("", _build_python),
    f"npm, {npm.GRPC}": ("npm", npm.pack_grpc),
    f"npm, {npm.CONNECT}": ("npm", npm.pack_connect),
    f"Go, {go_module.MODULE}": ("go", go_module.build_module),
    f"Maven, {maven.GROUP}:{maven.ARTIFACT}": ("maven", maven.build_artifact),
}


def main() -> None:
    """Builds into the folder that the command line names, and ends with an error where a build fails."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "dist").resolve()
    target.mkdir(parents=True, exist_ok=True)
    for name, (folder, build) in _PACKAGES.items():
        try:
            build(target / folder)
        except contract.ToolchainError as missing:
            print(f"{name} {contract.VERSION}: skipped, {missing}", flush=True)  # noqa: T201
        else:
            print(f"{name} {contract.VERSION}: built", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
