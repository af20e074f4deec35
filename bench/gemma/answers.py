"""`GEMMA_MODEL=FOLDER python -m bench.gemma.answers`: reviews by a local model, and what becomes of each.

Ten texts, half English and half Korean, are reviewed in one batch in the form that the orchestrator asks for,
and each answer is checked as the orchestrator checks it. Times are the process's CPU time. The settings are
the server's: GEMMA_CACHE_DIR, GEMMA_PRECISION, GEMMA_THREADS.
"""

import argparse
import itertools
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.corpora import KOREAN_PARAGRAPHS, SHORT_ANSWERS, texts
from bench.gemma.figures import machine
from chorus.feedback.v1 import feedback_pb2, submission_pb2
from chorus.model.v1 import generation_pb2, model_pb2
from modelkit.json_schema.answer_schema import AnswerSchema
from modelkit.servicer import CheckedRequest
from orchestrator.answer.check import check_answer
from orchestrator.answer.prompt import review_request
from orchestrator.panel.model_reviewer import output_limits
from orchestrator.rubrics.default import default_rubric
from orchestrator.submission.reading import SubmissionReading, read_submission
from rpckit.errors import BadOutput, ChorusError
from rpckit.settings import Environment
from services.gemma.fit.resources import MachineResources
from services.gemma.generation.runner import GemmaRunner
from services.gemma.generation.sequence import RunningSequence
from services.gemma.interface.local_model import StepOutput
from services.gemma.loading.load_model import load_model
from services.gemma.server.request import to_generation_request
from services.gemma.settings import GemmaSettings
from services.gemma.weights.source import HuggingFaceHub

_SAMPLES = Path(__file__).parents[2] / "clients" / "python" / "chorus_command_line" / "samples"
_HEADER = f"{'text':<22}{'prompt':>8}{'answer':>8}{'points':>8}{'scores':>8}  outcome"


@dataclass(slots=True)
class Review:
    """One text, its review as far as it is written, and what becomes of it.

    Attributes:
        kind: "whole", "cut", or "BAD_OUTPUT" with the reason; empty while it is written.
        feedback: What the orchestrator makes of a whole answer.
    """

    name: str
    reading: SubmissionReading
    rubric: submission_pb2.Rubric
    sequence: RunningSequence
    text: str = ""
    kind: str = ""
    prompt_tokens: int = 0
    tokens: int = 0
    feedback: feedback_pb2.ModelFeedback = field(default_factory=feedback_pb2.ModelFeedback)

    def take(self, output: StepOutput) -> None:
        """Adds a step's text, and checks the answer with its last one."""
        self.text += output.text
        result = output.result
        if isinstance(result, ChorusError):
            self.kind = f"{result.reason}: {result.text}"
        elif result:
            self.prompt_tokens, self.tokens = result.input_tokens, result.output_tokens
            self.kind = "cut" if result.truncated else self._checked(repetitive=result.repetitive)

    def _checked(self, *, repetitive: bool) -> str:
        if repetitive:
            return "BAD_OUTPUT: the same again and again"
        finished = generation_pb2.FINISH_REASON_STOP
        try:
            self.feedback = check_answer(self.text, finished, self.reading, self.rubric)
        except BadOutput as error:
            return f"BAD_OUTPUT: {error.text}"
        return "whole"


def begun(
    gemma: GemmaRunner, name: str, text: str, sampling: generation_pb2.Sampling, *, short: bool
) -> Review:
    """Begins a review of a text, at the limit of the orchestrator's first try."""
    submission = submission_pb2.Submission(text=text)
    reading = read_submission(submission)
    rubric = default_rubric(reading.language_code)
    request = review_request(reading, submission, rubric, reading.language_code, short=short)
    listed = model_pb2.Model(max_output_tokens=gemma.info.max_input_tokens)
    request.sampling.CopyFrom(sampling)
    request.sampling.max_output_tokens, _ = output_limits(listed, sampling, short=short)
    checked = CheckedRequest(request, AnswerSchema.parse(request.output_format.json_schema))
    sequence = gemma.begin(to_generation_request(checked))
    if not gemma.admit(sequence):
        raise SystemExit("the KV cache is too small for so many reviews: ask for fewer by --texts")
    return Review(name, reading, rubric, sequence)


def write(gemma: GemmaRunner, reviews: Sequence[Review]) -> None:
    """Writes all reviews in one batch."""
    while running := [each for each in reviews if not each.kind]:
        outputs = gemma.step([each.sequence for each in running])
        for each, output in zip(running, outputs, strict=True):
            each.take(output)
            if each.kind:
                gemma.release(each.sequence)


def works() -> Iterator[tuple[str, str]]:
    """Yields the names of five Korean and five English texts, in turns, and the texts."""
    by_language = []
    for language, file in (("ko", KOREAN_PARAGRAPHS), ("en", SHORT_ANSWERS)):
        sample = (_SAMPLES / f"{language}.txt").read_text(encoding="utf-8")
        by_language.append([(f"sample {language}", sample), *list(texts(file).items())[:4]])
    yield from itertools.chain.from_iterable(zip(*by_language, strict=True))


def main() -> None:
    """Prints a row for each review, then how many were whole."""
    parser = argparse.ArgumentParser(prog="python -m bench.gemma.answers", description=__doc__)
    parser.add_argument("--temperature", type=float, default=0.7)
    parser.add_argument("--seed", type=int, default=0, help="the first text's; each text has the next one")
    parser.add_argument("--short", action="store_true", help="the short form")
    parser.add_argument("--texts", type=int, default=10, help="how many of them")
    parser.add_argument("--show", action="store_true", help="print the answers, too")
    options = parser.parse_args()
    settings = GemmaSettings.read(Environment())
    gemma = load_model(settings, HuggingFaceHub(), MachineResources.read(settings.cache))
    print(machine())
    print(f"{gemma.info.version}, {gemma.info.precision}, temperature {options.temperature:g}")
    started = time.process_time()
    reviews = []
    for seed, (name, text) in enumerate(itertools.islice(works(), options.texts), start=options.seed):
        sampling = generation_pb2.Sampling(temperature=options.temperature, seed=seed)
        reviews.append(begun(gemma, name, text, sampling, short=options.short))
    write(gemma, reviews)
    print(f"{time.process_time() - started:.0f} CPU seconds for all")
    print(_HEADER)
    for each in reviews:
        scored = sum(score.HasField("score") for score in each.feedback.scores)
        points = len(each.feedback.points)
        print(f"{each.name:<22}{each.prompt_tokens:>8}{each.tokens:>8}{points:>8}{scored:>8}  {each.kind}")
        if options.show:
            print(each.text)
    kinds = Counter(each.kind.partition(":")[0] for each in reviews)
    print(", ".join(f"{count} {kind}" for kind, count in kinds.most_common()))


if __name__ == "__main__":
    main()
