import { useId, useRef, useState } from "react";
import type { MergedScore } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import type { Criterion } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { score as written } from "../amounts.ts";
import { cut } from "../text/code_points.ts";
import { useWords } from "../words/language.tsx";
import type { ScoreVerdict } from "./decisions.ts";
import { readScore, scaleOf } from "./own_score.ts";

const MOST_OF_REASON = 4000;

interface Properties {
  merged: MergedScore;
  criterion: Criterion;
  decided: ScoreVerdict | undefined;
  isFinal: boolean;
  onDecide: (verdict: ScoreVerdict | undefined) => void;
}

/** Keeps or leaves out the panel's score, or puts an own one beside it. */
export function ScoreDecision({ merged, criterion, decided, isFinal, onDecide }: Properties) {
  const words = useWords();
  const id = useId();
  const [low, high] = scaleOf(criterion).map(written) as [string, string];
  const [draft, setDraft] = useState<string>();
  // What is being typed stands until it is left; then the score that was decided.
  const typed = draft ?? (decided?.score === undefined ? "" : written(decided.score));
  const isWrong = typed.trim() !== "" && readScore(typed, criterion) === undefined;
  const verdict = decided?.verdict;
  // It outlives a score that is mistyped on the way.
  const reason = useRef("");
  const rationale = decided?.rationale ?? reason.current;
  reason.current = rationale;

  const type = (value: string) => {
    setDraft(value);
    const score = readScore(value, criterion);
    if (score !== undefined) {
      onDecide({ verdict: "edited", score, rationale });
    } else if (verdict === "edited") {
      // What stands in the box no more must not count behind it.
      onDecide(undefined);
    }
  };
  const toggle = (chosen: "kept" | "rejected") => {
    setDraft(undefined);
    onDecide(verdict === chosen ? undefined : { verdict: chosen, rationale });
  };

  return (
    <div className="decision" role="group" aria-label={words.decide.scoreDecision(criterion.title || criterion.id)}>
      <div className="row">
        {merged.score !== undefined && (
          <>
            <button type="button" disabled={isFinal} aria-pressed={verdict === "kept"} onClick={() => toggle("kept")}>
              {words.decide.keep}
            </button>
            <button type="button" disabled={isFinal} aria-pressed={verdict === "rejected"} onClick={() => toggle("rejected")}>
              {words.decide.reject}
            </button>
          </>
        )}
        <span className="own-score">
          <label htmlFor={id}>{words.decide.ownScore}</label>
          <input
            id={id}
            className="short"
            inputMode="decimal"
            value={typed}
            disabled={isFinal}
            aria-invalid={isWrong}
            aria-describedby={`${id}-scale`}
            onChange={(event) => type(event.target.value)}
            onBlur={() => !isWrong && setDraft(undefined)}
          />
          <small id={`${id}-scale`}>
            {words.decide.ownScoreHint(low, high)}
          </small>
        </span>
        {isWrong && (
          <span role="alert" className="wrong">
            {words.decide.ownScoreWrong(low, high)}
          </span>
        )}
      </div>
      {verdict === "edited" && (
        <input
          className="wide"
          aria-label={words.decide.reason}
          placeholder={words.decide.reason}
          value={rationale}
          disabled={isFinal}
          onChange={(event) => decided && onDecide({ ...decided, rationale: cut(event.target.value, MOST_OF_REASON) })}
        />
      )}
    </div>
  );
}
