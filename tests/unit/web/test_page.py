import gzip
from pathlib import Path

import pytest

from tests.fakes.browser import Browser


@pytest.fixture
def built(tmp_path: Path) -> Path:
    page = tmp_path / "page"
    (page / "assets").mkdir(parents=True)
    (page / "index.html").write_text("<!doctype html><title>Chorus</title>", "utf-8")
    (page / "icon.svg").write_text("<svg/>", "utf-8")
    (page / "assets" / "index-Ab12.js").write_text("1;" * 2000, "utf-8")
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    return page


@pytest.mark.parametrize(
    ("language", "said"), [("en-GB,en;q=0.9", "not built"), ("ko-KR,ko", "만들지 않았어요")]
)
async def test_without_the_built_page_it_says_how_to_build_it(
    browser: Browser, language: str, said: str
) -> None:
    answer = await browser.ask("GET", "/", {"accept-language": language})
    assert answer.status == 200
    assert said in answer.body.decode()
    assert "make page-build" in answer.body.decode()
    assert (await browser.ask("GET", "/assets/index-Ab12.js")).status == 404


async def test_the_page_is_asked_for_again_and_its_assets_never(built: Path, browser: Browser) -> None:
    page = await browser.ask("GET", "/")
    assert (page.body, page.headers["cache-control"]) == ((built / "index.html").read_bytes(), "no-cache")
    asset = await browser.ask("GET", "/assets/index-Ab12.js", {"accept-encoding": "gzip"})
    assert gzip.decompress(asset.body) == (built / "assets" / "index-Ab12.js").read_bytes()
    assert "immutable" in asset.headers["cache-control"]
    assert asset.headers["content-type"].startswith("text/javascript")
    assert (await browser.ask("GET", "/icon.svg")).headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/.svg",
    ],
)
async def test_nothing_beside_the_page_is_served(built: Path, browser: Browser, path: str) -> None:
    answer = await browser.ask("GET", path)
    assert answer.status == 404
    assert b"secret" not in answer.body
