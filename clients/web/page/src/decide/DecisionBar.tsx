import type { MergedFeedback } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import { Failed } from "../common/Failed.tsx";
import { useWords } from "../words/language.tsx";
import { EMPTY_DRAFT, keepRest, undecided } from "./decisions.ts";
import type { Deciding } from "./use_decisions.ts";

/** Says what is undecided, and lets a person say that it is done. */
export function DecisionBar({ merged, deciding }: { merged: MergedFeedback; deciding: Deciding }) {
  const words = useWords();
  const { draft, saving, failure, decide, saveAgain } = deciding;
  const rest = undecided(draft, merged);
  const open = rest.points.length + rest.scores.length;
  const all = undecided(EMPTY_DRAFT, merged);
  const isAll = open === all.points.length + all.scores.length;
  return (
    <section className="decision-bar" aria-labelledby="decide-title">
      <h2 id="decide-title">{words.decide.heading}</h2>
      <p>{draft.final ? words.decide.final : words.decide.draft}</p>
      <div className="row">
        {!draft.final && <span>{open === 0 ? words.decide.allDecided : words.decide.open(open)}</span>}
        {!draft.final && open > 0 && (
          <button type="button" onClick={() => decide((now) => keepRest(now, merged))}>
            {isAll ? words.decide.keepAll(open) : words.decide.keepRest(open)}
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
