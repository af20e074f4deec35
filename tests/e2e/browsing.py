"""Opens the page in the system's Chromium, in front of its real server."""

import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.one_at_a_time import alone_in
from tests.e2e.processes import ROOT, WEB, serving
from tests.patience import PROCESS_PATIENCE

# A test module that imports this one is skipped where the package is missing.
playwright = pytest.importorskip("playwright.async_api", reason="it comes with the extra 'dev'")

PAGE = ROOT / "clients" / "web" / "page"
AXE = PAGE / "node_modules" / "axe-core" / "axe.min.js"

_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_VITE = PAGE / "node_modules" / ".bin" / "vite"
_WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_AXE = """async (tags) => (await axe.run({ runOnly: tags })).violations.map(
    (each) => each.id + ': ' + each.nodes.map((node) => node.html.slice(0, 200)).join(' | '))"""
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 360, "height": 740}


def chromium() -> str:
    """Returns the path of a browser, or skips the test."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        pytest.skip(f"none of {', '.join(_BROWSERS)} is installed (Debian's package chromium)")
    return found


def build(environment: dict[str, str]) -> None:
    """Builds the page as `make page-build` does, or skips the test where npm has not installed what it takes.

    What is built already from the sources as they are now is not built again.
    """
    if not shutil.which("npm") or not _VITE.exists():
        pytest.skip("the page cannot be built: `npm ci` in clients/web/page")
    with alone_in(PAGE):
        if _is_built():
            return
        done = subprocess.run(
            ["npm", "run", "build"],  # noqa: S607 - npm is on the PATH
            cwd=PAGE,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout + done.stderr


def _is_built() -> bool:
    built = PAGE / "dist" / "index.html"
    if not built.exists():
        return False
    folders = [PAGE / "src", PAGE / "public", ROOT / "protos" / "chorus", ROOT / "orchestrator" / "rubrics"]
    sources = [*PAGE.glob("*.*"), *(each for folder in folders for each in folder.rglob("*.*"))]
    return max(each.stat().st_mtime for each in sources) < built.stat().st_mtime


@dataclass
class Visit:
    """One person's browser window.

    Attributes:
        page: Playwright's page.
        complaints: What the browser said on its console, and what scripts threw.
    """

    page: Any
    address: str
    complaints: list[str] = field(default_factory=list)

    async def open(self, route: str = "") -> None:
        """Opens a view; the page is loaded anew."""
        await self.page.goto("about:blank")
        await self.page.goto(f"{self.address}/{route}")

    async def go_to(self, view: str) -> None:
        """Goes to a view of the page that is open, as its links do."""
        link = self.page.locator(f"nav a[href='#/{view}']")
        if await link.get_attribute("aria-current") is None:
            # The heading of the view that is left must not be taken for the next one, which is still loaded.
            await self.page.locator("h1").evaluate_all(
                "all => all.forEach((each) => each.classList.add('left'))"
            )
        await link.click()
        await self.page.wait_for_selector("h1:visible:not(.left)")
        await self.page.wait_for_load_state("networkidle")

    def hear(self, said: Any) -> None:
        """Keeps what the browser reports as an error."""
        if said.type == "error":
            self.complaints.append(said.text)

    async def faults(self, *, of_colours_alone: bool = False) -> list[str]:
        """Returns what axe finds against WCAG 2.2 AA."""
        await self.page.evaluate(AXE.read_text("utf-8"))
        found: list[str] = await self.page.evaluate(_AXE, ["color-contrast"] if of_colours_alone else _WCAG)
        return found

    async def overflow(self) -> int:
        """Returns by how many pixels the page is wider than its window."""
        script = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        return int(await self.page.evaluate(script))


@dataclass
class Browsing:
    """A browser, and the address of the page."""

    browser: Any
    address: str

    @asynccontextmanager
    async def visit(self, language: str = "en-GB", **options: Any) -> AsyncIterator[Visit]:
        """Opens a window of its own; at the end the browser must have had nothing to complain about."""
        context = await self.browser.new_context(
            **{"locale": language, "viewport": WIDE, "reduced_motion": "reduce"} | options
        )
        context.set_default_timeout(1000 * PROCESS_PATIENCE)
        page = await context.new_page()
        visit = Visit(page, self.address)
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on("console", visit.hear)
        try:
            yield visit
        finally:
            await context.close()
        assert visit.complaints == []


@asynccontextmanager
async def page_server(orchestrator: str, folder: Path, **variables: str) -> AsyncIterator[str]:
    """Runs the page's server before an orchestrator; yields the page's address."""
    settings = {"WEB_STATE_DIR": str(folder / "web"), "WEB_PAGE_DIR": str(PAGE / "dist")}
    async with serving(WEB, folder, CHORUS_SERVER=orchestrator, **settings, **variables) as server:
        yield f"http://{server.address}"


@asynccontextmanager
async def browsing(address: str) -> AsyncIterator[Browsing]:
    """Runs a browser."""
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    async with playwright.async_playwright() as tools:
        browser = await tools.chromium.launch(executable_path=chromium(), args=sandbox)
        try:
            yield Browsing(browser, address)
        finally:
            await browser.close()
