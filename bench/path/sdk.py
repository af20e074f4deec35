"""`python -m bench.path.sdk URL MODEL...`: has OpenAI's SDK make the calls of one review, line by line.

For each line of standard input it asks every model at once, with the prompt and schema of the bench's review,
and prints how many characters came and the milliseconds of processor time that it took.
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from typing import Any

import openai  # noqa: TID251 - the SDK alone is the baseline

from bench.path.answers import essay
from chorus.feedback.v1.submission_pb2 import Submission
from modelkit.answer_form.schema import answer_schema
from orchestrator.answer.prompt import review_request
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import read_submission


async def main(url: str, models: Sequence[str]) -> None:
    """Answers each line of standard input with one of its own."""
    arguments = {**chat_arguments(), "stream": True, "stream_options": {"include_usage": True}}
    http_client = openai.DefaultAioHttpClient(timeout=None)
    async with openai.AsyncOpenAI(api_key="none", base_url=url, http_client=http_client) as client:

        async def ask(model: str) -> int:
            characters = 0
            async for chunk in await client.chat.completions.create(model=model, **arguments):
                if chunk.choices:
                    characters += len(chunk.choices[0].delta.content or "")
            return characters

        while await asyncio.to_thread(sys.stdin.readline):
            began_at = time.process_time()
            characters = sum(await asyncio.gather(*map(ask, models)))
            print(characters, 1000 * (time.process_time() - began_at), flush=True)


def chat_arguments() -> dict[str, Any]:
    """Returns what the calls of the bench's review say, but for the model."""
    submission = Submission(text=essay(), language_code="en")
    rubric = default_rubric("en")
    request = review_request(read_submission(submission), submission, rubric, "en", short=False)
    texts = [part.text or part.document.text for turn in request.turns for part in turn.parts]
    schema = json.loads(answer_schema(rubric, "en"))
    return {
        "messages": [
            {"role": "system", "content": request.system_instruction},
            {"role": "user", "content": "\n\n".join(texts)},
        ],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": schema, "strict": True},
        },
    }


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
