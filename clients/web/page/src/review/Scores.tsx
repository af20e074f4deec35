import type { ReactNode } from "react";
import { Agreement, type MergedFeedback, type MergedScore, type RaterScore } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import type { Rubric } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { score as written } from "../amounts.ts";
import { Said } from "../common/Said.tsx";
import { useWords } from "../words/language.tsx";
import type { Words } from "../words/words.ts";
import { contestedFirst } from "./point_order.ts";
import { titleOf } from "./said_of_points.ts";
import { ScorePlot } from "./ScorePlot.tsx";

/** A model whose scores count less than this beside the usual 1 is said to count less. */
const USUAL_WEIGHT = 0.8;

interface Properties {
  merged: MergedFeedback;
  rubric: Rubric | undefined;
  nameOf: (model: string) => string;
  ownScore: (criterionId: string) => number | undefined;
  /** Set once a person's scores are in it: the total as it is decided, if there is one. */
  decided?: { total: number | undefined };
  /** What a person can decide on a score. */
  decide?: (score: MergedScore) => ReactNode;
}

export function Scores({ merged, rubric, nameOf, ownScore, decided, decide }: Properties) {
  const words = useWords();
  if (merged.scores.length === 0) {
    return null;
  }
  const panel = totalOf(merged.total, words.scores.noTotal, words);
  return (
    <section className="scores" aria-labelledby="scores-title">
      <h2 id="scores-title">{words.scores.heading}</h2>
      <p className="hint">{words.scores.legend}</p>
      <ul className="plain">
        {contestedFirst(merged.scores).map((each) => {
          const criterion = rubric?.criteria.find(({ id }) => id === each.criterionId);
          return (
            <li key={each.criterionId} className={each.agreement === Agreement.CONTESTED ? "score contested" : "score"}>
              <div className="score-head">
                <h3>
                  <Said text={titleOf(each.criterionId, rubric)} />
                </h3>
                <p>
                  <strong>{each.score === undefined ? words.scores.noScore : written(each.score)}</strong>
                  <Range score={each} /> {each.raters.length > 0 && <small>{words.scores.agreements[each.agreement] ?? ""}</small>}
                </p>
              </div>
              {criterion && <ScorePlot merged={each} criterion={criterion} own={ownScore(each.criterionId)} />}
              <div>
                {each.raters.length > 0 && (
                  <details open={each.agreement === Agreement.CONTESTED}>
                    <summary>{words.scores.whoSays}</summary>
                    <Raters raters={each.raters} nameOf={nameOf} />
                  </details>
                )}
                {decide?.(each)}
              </div>
            </li>
          );
        })}
      </ul>
      <p>
        <strong>{words.scores.total}:</strong> {decided ? totalOf(decided.total, words.scores.noDecidedTotal, words) : panel}
        {decided && <small> {merged.total === undefined ? words.scores.noPanelTotal : words.scores.panelTotal(panel)}</small>}
      </p>
    </section>
  );
}

function totalOf(total: number | undefined, none: string, words: Words): string {
  return total === undefined ? none : words.scores.totalOf((100 * total).toFixed(0));
}

function Range({ score }: { score: MergedScore }) {
  const words = useWords();
  if (score.low === undefined || score.high === undefined) {
    return <small> {words.scores.notJudged}</small>;
  }
  return (
    <span>
      {" "}
      ({written(score.low)}–{written(score.high)})
    </span>
  );
}

function Raters({ raters, nameOf }: { raters: readonly RaterScore[]; nameOf: (model: string) => string }) {
  const words = useWords();
  return (
    <dl className="members">
      {raters.map((each) => (
        <div key={each.model}>
          <dt>
            <Said text={nameOf(each.model)} />
          </dt>
          <dd>
            <p>
              {words.scores.raw(written(each.raw))}
              {written(each.raw) !== written(each.adjusted) && `; ${words.scores.adjusted(written(each.adjusted))}`}
              {each.weight < USUAL_WEIGHT && `; ${each.weight === 0 ? words.scores.notCounted : words.scores.countsLess}`}
            </p>
            {each.rationale !== "" && (
              <p>
                <Said text={each.rationale} />
              </p>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
