"""The languages of the page, and which one a request is in."""

from starlette.requests import Request

LANGUAGES = ("en", "ko")


def language_of(request: Request) -> str:
    """Returns the language that the address names (`?language=ko`), else the browser's first that is ours."""
    named = request.query_params.get("language", "")
    if named in LANGUAGES:
        return named
    wanted = [
        each.partition(";")[0].strip() for each in request.headers.get("accept-language", "").split(",")
    ]
    found = (each.partition("-")[0].lower() for each in wanted)
    return next((each for each in found if each in LANGUAGES), LANGUAGES[0])
