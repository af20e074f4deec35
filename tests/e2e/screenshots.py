"""Takes the pictures of docs/page.md anew: `CHORUS_SCREENSHOTS=1 pytest tests/e2e/page`."""

import asyncio
import io
import os
from pathlib import Path

from PIL import Image

from tests.e2e.browsing import WIDE, Visit
from tests.e2e.processes import ROOT

SCREENSHOTS = ROOT / "docs" / "page" if os.environ.get("CHORUS_SCREENSHOTS") else None
_COLOURS = 160


async def screenshot(visit: Visit, name: str, *, is_whole: bool = False) -> None:
    """Takes a picture of the window, or of the whole page."""
    if not SCREENSHOTS:
        return
    if is_whole:
        # What is beyond the window is not laid out.
        height = await visit.page.evaluate("document.scrollingElement.scrollHeight")
        await visit.page.set_viewport_size({"width": WIDE["width"], "height": height})
    await asyncio.to_thread(_keep, await visit.page.screenshot(), SCREENSHOTS / f"{name}.png")


def _keep(picture: bytes, path: Path) -> None:
    """Keeps a picture in few colours: it is a fifth as large."""
    path.parent.mkdir(exist_ok=True)
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(_COLOURS).save(path, optimize=True)
