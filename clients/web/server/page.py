"""Serves the built page or, where it is not built, says how to build it."""

import re
from dataclasses import dataclass
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Message, Receive, Scope, Send

from clients.web.server.languages import language_of

_ASSETS = "/assets"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}\.[a-z]{2,12}")
# The build puts a hash of its content into the name of each asset.
_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_NOT_BUILT = {
    "en": (
        "The page is not built yet",
        "Chorus runs, and its API answers here. Build the page once, with Node.js 20.19, 22.12 or newer:",
        "Then open this address again. The command line needs neither.",
    ),
    "ko": (
        "페이지를 아직 만들지 않았어요",
        "Chorus는 돌고 있고 API도 여기서 답해요. 페이지는 Node.js 20.19나 22.12 이상으로 한 번 만들면 돼요.",
        "그런 다음 이 주소를 다시 열어 주세요. 명령줄에서 쓸 때는 필요하지 않아요.",
    ),
}


@dataclass(frozen=True, slots=True)
class BuiltPage:
    """The folder that `make page-build` fills."""

    folder: Path

    def routes(self) -> list[Route | Mount]:
        """Returns the routes of the page, its assets, and of the few files beside it."""
        assets = _Assets(self.folder / "assets")
        return [
            Mount(_ASSETS, GZipMiddleware(assets)),
            Route("/", self._index),
            Route("/{name}", self._beside),
        ]

    async def _index(self, request: Request) -> Response:
        index = self.folder / "index.html"
        if index.is_file():
            return FileResponse(index, media_type="text/html", headers={"cache-control": _ASK_AGAIN})
        language = language_of(request)
        heading, what, then = _NOT_BUILT[language]
        body = (
            f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>Chorus</title>'
            f"<h1>{heading}</h1><p>{what}</p><pre>make page-build</pre><p>{then}</p></html>"
        )
        return HTMLResponse(body)

    async def _beside(self, request: Request) -> Response:
        """Answers with a file beside the index, such as the icon."""
        name: str = request.path_params["name"]
        file = self.folder / name
        if not _NAME.fullmatch(name) or not file.is_file():
            raise HTTPException(404)
        return FileResponse(file, headers={"cache-control": _ASK_AGAIN})


class _Assets:
    """Serves the assets that there are, and lets a browser keep them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = StaticFiles(directory=folder, check_dir=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_caching(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] in {200, 304}:
                message["headers"] = [*message["headers"], (b"cache-control", _FOR_EVER.encode())]
            await send(message)

        if not self._folder.is_dir():
            raise HTTPException(404)
        await self._files(scope, receive, with_caching)
