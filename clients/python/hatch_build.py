"""Takes the contract into the package: its generated code, and its .proto files for other languages."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ContractHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds what lies outside of this folder. In a source distribution it lies inside."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Runs before each build."""
        # An editable installation takes everything from where it is; a copy would hide what changes there.
        if version == "editable":
            return
        repository = Path(self.root).parents[1]
        protos = repository / "protos"
        if not protos.exists():
            return
        included = build_data["force_include"]
        included[str(protos / "gen/python/chorus")] = "chorus"
        for each in ("buf.yaml", "chorus", "third_party"):
            included[str(protos / each)] = f"chorus_client/protos/{each}"
