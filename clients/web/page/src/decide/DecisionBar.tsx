import type { MergedFeedback } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import type { Rubric } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { Failed } from "../common/Failed.tsx";
import { Said } from "../common/Said.tsx";
import { PointReferences } from "../review/PointReferences.tsx";
import { useWords } from "../words/language.tsx";
import { disputed, EMPTY_DRAFT, keepRest, keptOpposites, undecided } from "./decisions.ts";
import { unscored } from "./own_score.ts";
import type { Deciding } from "./use_decisions.ts";

interface Properties {
  merged: MergedFeedback;
  rubric: Rubric | undefined;
  deciding: Deciding;
  /** A point's number, by its id. */
  numbers: ReadonlyMap<string, number>;
  onPoint: (number: number) => void;
}

/** Says what is undecided and what the author does not get, and lets a person say that it is done. */
export function DecisionBar({ merged, rubric, deciding, numbers, onPoint }: Properties) {
  const words = useWords();
  const { draft, saving, failure, decide, saveAgain } = deciding;
  const rest = undecided(draft, merged);
  const open = rest.points.length + rest.scores.length;
  const all = undecided(EMPTY_DRAFT, merged);
  const isAll = open === all.points.length + all.scores.length;
  const left = disputed(draft, merged);
  const toKeep = open - left.length;
  const keep = left.length > 0 ? words.decide.keepUndisputed : isAll ? words.decide.keepAll : words.decide.keepRest;
  const withoutScore = rubric ? unscored(draft, merged, rubric).map(({ title, id }) => title || id) : [];
  return (
    <section className="decision-bar" aria-labelledby="decide-title">
      <h2 id="decide-title">{words.decide.heading}</h2>
      <p>{draft.final ? words.decide.final : words.decide.draft}</p>
      {!draft.final && left.length > 0 && (
        <p className="note">
          {words.decide.disputed} <PointReferences ids={left} numbers={numbers} onPoint={onPoint} />
        </p>
      )}
      {keptOpposites(draft, merged).map((pair) => (
        <p key={pair.join()} className="note">
          {words.decide.bothKept} <PointReferences ids={pair} numbers={numbers} onPoint={onPoint} />
        </p>
      ))}
      {withoutScore.length > 0 && (
        <p className="note">
          {words.decide.unscored(withoutScore.length)} <Said text={withoutScore.join(", ")} />. {!draft.final && words.decide.unscoredHint}
        </p>
      )}
      <div className="row">
        {!draft.final && <span>{open === 0 ? words.decide.allDecided : words.decide.open(open)}</span>}
        {!draft.final && toKeep > 0 && (
          <button type="button" onClick={() => decide((now) => keepRest(now, merged))}>
            {keep(toKeep)}
          </button>
        )}
        {!draft.final && (
          <button type="button" className="primary" disabled={open > 0} onClick={() => decide((now) => ({ ...now, final: true }))}>
            {words.decide.finish}
          </button>
        )}
        {draft.final && (
          <button type="button" onClick={() => decide((now) => ({ ...now, final: false }))}>
            {words.decide.reopen}
          </button>
        )}
        <span role="status" className="hint">
          {{ nothing: "", saving: words.decide.saving, saved: words.decide.saved, failed: words.decide.notSaved }[saving]}
        </span>
      </div>
      {failure && <Failed failure={failure} title={words.decide.notSaved} onAgain={saveAgain} />}
    </section>
  );
}
