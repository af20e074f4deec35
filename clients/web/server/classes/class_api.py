"""Answers /api/classes: assignments, their works, and the reviews of these."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chorus.feedback.v1 import decision_pb2, feedback_service_pb2
from chorus_documents.document import Refusal
from clients.web.server.bodies import bounded
from clients.web.server.classes.assignment_fields import LIMIT, changes_of, new_assignment
from clients.web.server.classes.class_store import AlreadyAsked, ClassStore, TooMany
from clients.web.server.classes.class_view import Json, listed, opened_work, shown_class
from clients.web.server.classes.missing_files import MissingFiles
from clients.web.server.classes.review_prices import ReviewPrice, ReviewPrices
from clients.web.server.classes.roster import MAX_BYTES, key_of, read_roster, written
from clients.web.server.classes.runner import ClassRunner
from clients.web.server.classes.tables import Assignment, Work
from clients.web.server.classes.work_files import RefusedFile, TakenFile, WorkFiles, roster_text, too_many
from clients.web.server.file_names import shown_name
from clients.web.server.guard import Visitor
from clients.web.server.json_body import Fields, fields_of, message_of, text_of
from clients.web.server.languages import language_of
from clients.web.server.problems import Problem
from clients.web.server.uploads import sent_file
from rpckit.errors import FeedbackNotFound, from_rpc_error

# More than the longest task, notes and rubric.
_MAX_BYTES = 2 * 1024 * 1024
_DELETE_SECONDS = 10.0
_DELETES_AT_ONCE = 8

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ClassApi:
    """Whoever is not the owner of a class hears that there is none."""

    store: ClassStore
    missing: MissingFiles
    runner: ClassRunner
    prices: ReviewPrices
    files: WorkFiles
    stub: Any

    def routes(self) -> list[Route]:
        """Returns the routes."""
        one, work = "/api/classes/{class_id}", "/api/classes/{class_id}/works/{work_id}"
        return [
            Route("/api/classes", self._list),
            Route("/api/classes", self._create, methods=["POST"]),
            Route(one, self._show),
            Route(one, self._change, methods=["PATCH"]),
            Route(one, self._delete, methods=["DELETE"]),
            Route(f"{one}/start", self._start, methods=["POST"]),
            Route(f"{one}/stop", self._stop, methods=["POST"]),
            Route(f"{one}/roster", self._take_roster, methods=["POST"]),
            Route(f"{one}/works", self._take_files, methods=["POST"]),
            Route(f"{one}/missing", self._miss, methods=["POST"]),
            Route(f"{one}/missing", self._dismiss, methods=["DELETE"]),
            Route(f"{one}/missing/{{missing_id}}", self._dismiss, methods=["DELETE"]),
            Route(work, self._show_work),
            Route(work, self._delete_work, methods=["DELETE"]),
            Route(f"{work}/again", self._again, methods=["POST"]),
            Route(f"{work}/decisions", self._decide, methods=["PUT"]),
        ]

    async def _list(self, request: Request) -> Response:
        found = await _thread(lambda: self.store.of_owner(_owner(request)))
        return JSONResponse({"classes": [listed(*each) for each in found]})

    async def _create(self, request: Request) -> Response:
        assignment = new_assignment(await _fields(request), _owner(request))
        await self._check_limit(assignment, [])
        try:
            class_id = await _thread(lambda: self.store.add(assignment))
        except TooMany as error:
            raise too_many(error) from None
        return JSONResponse({"id": class_id}, 201)

    async def _show(self, request: Request) -> Response:
        assignment, works = await self._found(request)
        missing = await _thread(lambda: self.missing.of(assignment.id))
        price, language = await self._price(assignment), language_of(request)
        return JSONResponse(shown_class(assignment, works, missing, price, language))

    async def _change(self, request: Request) -> Response:
        assignment, works = await self._found(request)
        changes = changes_of(await _fields(request))
        for column, value in changes.items():
            # It is this request's own copy.
            setattr(assignment, column, value)
        if changes.keys() - {"title"}:
            await self._check_limit(assignment, works)
        try:
            await _thread(lambda: self.store.change(assignment.id, changes))
        except AlreadyAsked as error:
            wrong = f"{error.column}: works were asked for, so that it stays as it is"
            raise Problem(409, "ALREADY_ASKED", wrong, error.column) from None
        self.runner.wake()
        return Response(status_code=204)

    async def _delete(self, request: Request) -> Response:
        assignment, _ = await self._found(request)
        await self.runner.stop(assignment.id)
        # An answer may have come in the meantime.
        _, works = await self._found(request)
        await self._delete_feedback(works)
        await _thread(lambda: self.store.delete(assignment.id))
        return Response(status_code=204)

    async def _start(self, request: Request) -> Response:
        assignment, _ = await self._found(request)
        count = await _thread(lambda: self.store.start(assignment.id))
        self.runner.wake()
        return JSONResponse({"started": count})

    async def _stop(self, request: Request) -> Response:
        assignment, _ = await self._found(request)
        await self.runner.stop(assignment.id)
        return Response(status_code=204)

    async def _take_files(self, request: Request) -> Response:
        assignment, _ = await self._found(request)
        language = language_of(request)
        async with sent_file(request, self.files.max_file_bytes) as sent:
            outcomes = await self.files.take(assignment, sent, language)
        taken = [each for each in outcomes if isinstance(each, TakenFile)]
        refused = [each for each in outcomes if not isinstance(each, TakenFile)]
        return JSONResponse(
            {
                "taken": [{**each.shown, "remarks": each.remarks} for each in taken],
                "refused": [_refused(each, language) for each in refused],
            }
        )

    async def _take_roster(self, request: Request) -> Response:
        assignment, works = await self._found(request)
        async with sent_file(request, MAX_BYTES) as sent:
            text = await self.files.workers.run(lambda: roster_text(sent.content.read()))
        roster = read_roster(text)
        keys = {each.id: key_of(each.file_name) for each in works}
        named = {of: roster.pseudonyms.get(key, "") for of, key in keys.items()}
        kept = written(roster.pseudonyms)
        await _thread(lambda: self.store.set_pseudonyms(assignment.id, kept, named))
        without_file = [name for key, name in roster.names.items() if key not in keys.values()]
        await _thread(lambda: self.missing.name(assignment.id, without_file))
        without_line = [each.file_name for each in works if not named[each.id]]
        return JSONResponse({"without_file": without_file, "without_line": without_line})

    async def _miss(self, request: Request) -> Response:
        """Keeps the name of a file that is too large to be sent."""
        assignment, _ = await self._found(request)
        name = shown_name(text_of(await _fields(request), "name"))
        if not name.strip():
            raise Problem(400, "FIELD", "name: a text that is not empty", "name")
        await _thread(lambda: self.missing.refuse(assignment.id, name, Refusal.TOO_LARGE.name))
        return Response(status_code=204)

    async def _dismiss(self, request: Request) -> Response:
        """Forgets one file that the class lacks, or all of them."""
        assignment, _ = await self._found(request)
        missing_id = request.path_params.get("missing_id", "")
        await _thread(lambda: self.missing.dismiss(assignment.id, missing_id))
        return Response(status_code=204)

    async def _show_work(self, request: Request) -> Response:
        _, work = await self._found_work(request)
        return JSONResponse(opened_work(work))

    async def _delete_work(self, request: Request) -> Response:
        assignment, work = await self._found_work(request)
        await self.runner.leave(work.id)
        _, work = await self._found_work(request)
        await self._delete_feedback([work])
        await _thread(lambda: self.store.delete_work(assignment.id, work.id))
        return Response(status_code=204)

    async def _again(self, request: Request) -> Response:
        assignment, work = await self._found_work(request)
        if not await _thread(lambda: self.store.again(assignment.id, work.id)):
            raise Problem(409, "NOT_FAILED", "only a work whose review has failed is asked for again")
        self.runner.wake()
        return Response(status_code=204)

    async def _decide(self, request: Request) -> Response:
        _, work = await self._found_work(request)
        decisions = message_of(await _fields(request), "decisions", decision_pb2.Decisions())
        data = decisions.SerializeToString()
        if not await _thread(lambda: self.store.decide(work.id, data, is_final=decisions.final)):
            raise Problem(409, "NO_FEEDBACK", "there is no feedback to decide on")
        return Response(status_code=204)

    async def _price(self, assignment: Assignment) -> ReviewPrice | None:
        try:
            return await self.prices.of(assignment)
        except grpc.aio.AioRpcError:
            return None

    async def _check_limit(self, assignment: Assignment, works: list[Work]) -> None:
        """Checks that the limit lets one more review be asked for, where it is known what that may cost.

        Raises:
            Problem: It does not.
        """
        limit = assignment.limit_nanos
        price = None if limit is None else await self._price(assignment)
        if limit is None or price is None or limit >= (least := price.least_limit(works)):
            return
        wrong = f"{LIMIT}: at least {least}, for one more review may cost as much as is left of that"
        metadata = {"least_limit_usd_nanos": least}
        raise Problem(422, "LIMIT_TOO_LOW", wrong, LIMIT, metadata=metadata)

    async def _found(self, request: Request) -> tuple[Assignment, list[Work]]:
        found = await _thread(lambda: self.store.find(_owner(request), request.path_params["class_id"]))
        if found is None:
            raise Problem(404, "CLASS_NOT_FOUND", "there is no such class", "class_id")
        return found[0], list(found[1])

    async def _found_work(self, request: Request) -> tuple[Assignment, Work]:
        return await found_work(self.store, request)

    async def _delete_feedback(self, works: list[Work]) -> None:
        """Deletes what the orchestrator keeps of works.

        Raises:
            Problem: It does not. Then nothing is deleted here, so that it can be asked again.
        """
        places = asyncio.Semaphore(_DELETES_AT_ONCE)

        async def delete(feedback_id: str) -> None:
            async with places:
                asked = feedback_service_pb2.DeleteFeedbackRequest(feedback_id=feedback_id)
                await self.stub.DeleteFeedback(asked, timeout=_DELETE_SECONDS)

        deleting = (delete(each.feedback_id) for each in works if each.feedback_id)
        for outcome in await asyncio.gather(*deleting, return_exceptions=True):
            if isinstance(outcome, grpc.aio.AioRpcError):
                if not isinstance(from_rpc_error(outcome), FeedbackNotFound):
                    wrong = "the orchestrator did not delete its part; try again in a minute"
                    raise Problem(503, "NOT_DELETED", wrong)
            elif isinstance(outcome, BaseException):
                raise outcome


async def found_work(store: ClassStore, request: Request) -> tuple[Assignment, Work]:
    """Returns the work that a request's path names, with all that is kept of it.

    Raises:
        Problem: The teacher has none of that name.
    """
    path = request.path_params
    found = await _thread(lambda: store.work(_owner(request), path["class_id"], path["work_id"]))
    if found is None:
        raise Problem(404, "WORK_NOT_FOUND", "there is no such work", "work_id")
    return found


def _refused(refused: RefusedFile, language: str) -> Json:
    said = refused.problem.in_language(language)
    return {"name": refused.name, "reason": said.reason, "message": said.text, "language": said.language}


def _owner(request: Request) -> str:
    visitor: Visitor = request.state.visitor
    return visitor.teacher


async def _fields(request: Request) -> Fields:
    async with bounded(request, _MAX_BYTES) as whole:
        return fields_of(await whole.body())


async def _thread(act: Callable[[], Result]) -> Result:
    return await asyncio.to_thread(act)
