import { type ReactNode, useEffect, useState } from "react";
import { cost, seconds } from "../amounts.ts";
import { Failed } from "../common/Failed.tsx";
import { Said } from "../common/Said.tsx";
import { explain } from "../failures.ts";
import { useLanguage, useWords } from "../words/language.tsx";
import type { Words } from "../words/words.ts";
import type { LiveReview, Seat } from "./live_review.ts";

interface Properties {
  review: LiveReview;
  nameOf: (model: string) => string;
  onStop: () => void;
  onAgain?: () => void;
  children?: ReactNode;
}

/** How far the review is: each model's state, and what stops it. */
export function LiveStatus({ review, nameOf, onStop, onAgain, children }: Properties) {
  const words = useWords();
  const { stage, failure } = review;
  const isRunning = stage === "asking" || stage === "running" || stage === "stopping";
  return (
    <section className="live" aria-labelledby="live-title" aria-busy={isRunning}>
      <h2 id="live-title">{words.live.seats}</h2>
      <p className="row">
        <span>{stageOf(review, words)}</span>
        {isRunning && (
          <button type="button" className="primary" disabled={stage === "stopping"} onClick={onStop}>
            {stage === "stopping" ? words.live.stopping : words.live.stop}
          </button>
        )}
        {children}
      </p>
      <ul className="plain seats">
        {review.seats.map((seat) => (
          <li key={seat.model} className={`seat ${stateOf(seat)}`}>
            <span className="mark" aria-hidden="true">
              {{ answered: "✓", failed: "✗", reading: "…" }[stateOf(seat)]}
            </span>
            <Said className="name" text={nameOf(seat.model)} />
            <small>
              <SeatState seat={seat} isRunning={isRunning} nameOf={nameOf} />
            </small>
          </li>
        ))}
      </ul>
      <Announcement review={review} nameOf={nameOf} />
      {stage === "failed" && failure && <Failed failure={failure} again={words.live.again} onAgain={onAgain} nameOf={nameOf} />}
      {stage === "stopped" && onAgain && (
        <button type="button" onClick={onAgain}>
          {words.live.again}
        </button>
      )}
    </section>
  );
}

function SeatState({ seat, isRunning, nameOf }: { seat: Seat; isRunning: boolean; nameOf: (model: string) => string }) {
  const { words, language } = useLanguage();
  const { result } = seat;
  if (result === undefined) {
    const soFar = seat.points.length > 0 ? words.live.soFar(seat.points.length) : words.live.waiting;
    return isRunning ? soFar : words.live.unfinished;
  }
  const said = result.latency ? [seconds(result.latency, words)] : [];
  if (result.outcome.case === "failure") {
    said.push(explain(result.outcome.value, words, language, nameOf));
  } else if (result.outcome.case === "feedback") {
    said.push(words.live.answered(result.outcome.value.points.length));
    if (result.outcome.value.rejected.length > 0) {
      said.push(words.live.leftOut(result.outcome.value.rejected.length));
    }
    said.push(cost(result.usage, words));
  }
  if (result.substituteFor !== "") {
    said.push(words.live.standsInFor(nameOf(result.substituteFor)));
  }
  return <Said text={said.join(", ")} />;
}

/** Tells those who do not see the page what has just happened: one thing at a time, whole answers only. */
function Announcement({ review, nameOf }: { review: LiveReview; nameOf: (model: string) => string }) {
  const words = useWords();
  const [said, setSaid] = useState("");
  const latest = review.seats.filter((each) => each.result !== undefined);
  const count = latest.length;
  useEffect(() => {
    const { stage } = review;
    if (stage === "running" && count > 0) {
      const names = latest.map((seat) =>
        stateOf(seat) === "failed" ? words.live.announceFailure(nameOf(seat.model)) : words.live.announceAnswer(nameOf(seat.model)),
      );
      setSaid(names.join(" "));
    } else {
      setSaid(stageOf(review, words));
    }
    // Only what changes a sentence is announced, not each point.
  }, [review.stage, count, words]);
  return (
    <p className="unseen" role="status">
      {said}
    </p>
  );
}

function stageOf(review: LiveReview, words: Words): string {
  switch (review.stage) {
    case "asking":
      return words.live.asking;
    case "running":
    case "stopping":
      return words.live.running(review.seats.filter((each) => each.result !== undefined).length, review.seats.length);
    case "stopped":
      return words.live.stopped;
    case "failed":
      return review.seats.length > 0 ? words.live.broke : "";
    case "done":
      return words.live.done;
  }
}

function stateOf(seat: Seat): "answered" | "failed" | "reading" {
  const outcome = seat.result?.outcome.case;
  return outcome === "feedback" ? "answered" : outcome === "failure" ? "failed" : "reading";
}
