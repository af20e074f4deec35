"""Both reviewers of the proofreader."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from rpckit.server import serving
from rpckit.settings import Environment
from tests.contract.subject import Subject


@asynccontextmanager
async def start() -> AsyncIterator[str]:
    """Serves the reviewers while the block runs."""
    pytest.importorskip("spellchecker", reason="pyspellchecker comes with the extra 'proofreader'")
    from services.proofreader.__main__ import register  # noqa: PLC0415 - needs the extra
    from services.proofreader.settings import ProofreaderSettings  # noqa: PLC0415

    variables = {"PROOFREADER_PORT": "0", "CHORUS_DRAIN_PAUSE_SECONDS": "0"}
    async with serving(ProofreaderSettings.read(Environment(variables)), register) as port:
        yield f"127.0.0.1:{port}"


SUBJECTS = [
    Subject("proofreader-language", "chorus/proofreader-language", start),
    Subject("proofreader-structure", "chorus/proofreader-structure", start),
]
