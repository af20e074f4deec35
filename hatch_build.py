"""Refuses a wheel of the servers, which are delivered as images; docs/adr/0015 says why."""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class EditableOnlyHook(BuildHookInterface):  # type: ignore[type-arg]
    """Lets `pip install --editable` pass, and no other build."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Runs before each build.

        Raises:
            ValueError: a wheel to install elsewhere is asked for.

        """
        if version != "editable":
            raise ValueError(
                "the servers are delivered as images, deploy/docker; callers install clients/python instead"
            )
