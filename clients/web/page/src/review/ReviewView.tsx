import { useCallback, useMemo, useRef } from "react";
import type { Decisions } from "../../generated/chorus/feedback/v1/decision_pb.ts";
import type { Point } from "../../generated/chorus/feedback/v1/feedback_pb.ts";
import { DecisionBar } from "../decide/DecisionBar.tsx";
import { GiveBack, type MakeFile } from "../decide/GiveBack.tsx";
import { PointDecision } from "../decide/PointDecision.tsx";
import { ScoreDecision } from "../decide/ScoreDecision.tsx";
import { type Draft, type PointVerdict, type ScoreVerdict } from "../decide/decisions.ts";
import { changesTotal, decidedTotal } from "../decide/own_score.ts";
import { type KeepDecisions, useDecisions } from "../decide/use_decisions.ts";
import { CodePointIndex } from "../text/code_points.ts";
import { type MarkedPassage, WorkText } from "../text/WorkText.tsx";
import { useWords } from "../words/language.tsx";
import type { LiveReview, ShownPoint } from "./live_review.ts";
import { shownPoints } from "./live_review.ts";
import { SummaryView, Steering } from "./Overview.tsx";
import { OwnFeedbacks } from "./OwnFeedbacks.tsx";
import { PanelNotes } from "./PanelNotes.tsx";
import { cardId } from "./PointCard.tsx";
import { numbers as numbered } from "./point_order.ts";
import { PointPanel } from "./PointPanel.tsx";
import { issueOf, kindOf, polarityOf } from "./said_of_points.ts";
import { Scores } from "./Scores.tsx";

interface Properties {
  review: LiveReview;
  recorded: readonly Decisions[];
  title: string;
  /** Undefined: this browser does not have it. */
  text: string | undefined;
  fileId: string;
  fileFormat: string;
  nameOf: (model: string) => string;
  /** Set for a work of a class, which is kept at the page's server. */
  keep?: KeepDecisions;
  makeFile?: MakeFile;
}

/** The text with its passages on the left, the points on the right, then the scores and what to do with all of it. */
export function ReviewView({ review, recorded, title, text, fileId, fileFormat, nameOf, keep, makeFile }: Properties) {
  const words = useWords();
  const box = useRef<HTMLDivElement>(null);
  const chosen = useRef("");
  const { response, merged, rubric } = review;
  const points = useMemo(() => shownPoints(review), [review]);
  const numbers = useMemo(() => numbered(points), [points]);
  const deciding = useDecisions(response?.feedbackId ?? "", response?.merged, recorded, keep);
  const { draft, decide } = deciding;
  const canDecide = response !== undefined && (keep !== undefined || !response.storeFailed);

  const index = useMemo(() => new CodePointIndex(text ?? ""), [text]);
  const passages = useMemo(() => passagesOf(points, numbers, merged, index, words), [points, numbers, merged, index, words]);
  const inText = useMemo(() => new Set(passages.map((each) => each.id)), [passages]);

  const goToPoint = useCallback((id: string) => {
    chosen.current = id;
    highlight(id);
    const card = document.getElementById(/^\d+$/.test(id) ? cardId(id) : "steering-title");
    card?.scrollIntoView({ block: "nearest" });
    card?.focus({ preventScroll: true });
  }, []);
  const goToText = useCallback((number: number) => {
    chosen.current = String(number);
    highlight(chosen.current);
    const place = box.current?.querySelector<HTMLElement>(`button[data-ids="${number}"]`);
    place?.scrollIntoView({ block: "center" });
    place?.focus({ preventScroll: true });
  }, []);

  const hover = useCallback((id: string) => highlight(id || chosen.current), []);

  const decidePoint = (id: string, verdict: PointVerdict | undefined) =>
    decide((now) => ({ ...now, points: changed(now.points, id, verdict) }));
  const decideScore = (id: string, verdict: ScoreVerdict | undefined) =>
    decide((now) => ({ ...now, scores: changed(now.scores, id, verdict) }));
  const setAdded = (added: readonly Point[]) => decide((now: Draft) => ({ ...now, added }));

  return (
    <>
      {!draft.final && <p className="print-only">{words.giveBack.draftPrint}</p>}
      {merged && <Steering merged={merged} />}
      {merged && <SummaryView merged={merged} numbers={numbers} nameOf={nameOf} onPoint={(number) => goToPoint(String(number))} />}
      {review.stage !== "done" && points.length > 0 && <p className="note">{words.live.provisional}</p>}
      <div className="columns reading">
        <div>
          <h2>{words.text.heading}</h2>
          {text === undefined ? (
            <p className="hint">{words.text.notHere}</p>
          ) : (
            <WorkText
              text={text}
              lang={response?.languageCode ?? ""}
              passages={passages}
              box={box}
              onPassage={goToPoint}
              onHover={hover}
            />
          )}
        </div>
        <PointPanel
          review={review}
          points={points}
          numbers={numbers}
          nameOf={nameOf}
          inText={inText}
          text={text ?? ""}
          box={box}
          rejected={new Set(Object.keys(draft.points).filter((id) => draft.points[id]?.verdict === "rejected"))}
          added={draft.added}
          canAdd={canDecide && !draft.final}
          onShow={goToText}
          onHover={hover}
          onAdded={setAdded}
          decide={(shown: ShownPoint, number: number) =>
            canDecide && (
              <PointDecision
                number={number}
                point={shown.point}
                decided={draft.points[shown.id]}
                text={text ?? ""}
                isFinal={draft.final}
                onDecide={(verdict) => decidePoint(shown.id, verdict)}
              />
            )
          }
        />
      </div>
      {merged && (
        <Scores
          merged={merged}
          rubric={rubric}
          nameOf={nameOf}
          ownScore={(id) => draft.scores[id]?.score}
          decided={rubric && changesTotal(draft) ? { total: decidedTotal(draft, merged, rubric) } : undefined}
          decide={(score) => {
            const criterion = rubric?.criteria.find((each) => each.id === score.criterionId);
            return (
              canDecide &&
              criterion && (
                <ScoreDecision
                  key={response.feedbackId}
                  merged={score}
                  criterion={criterion}
                  decided={draft.scores[score.criterionId]}
                  isFinal={draft.final}
                  onDecide={(verdict) => decideScore(score.criterionId, verdict)}
                />
              )
            );
          }}
        />
      )}
      {canDecide && response.merged && (
        <DecisionBar
          merged={response.merged}
          rubric={rubric}
          deciding={deciding}
          numbers={numbers}
          onPoint={(number) => goToPoint(String(number))}
        />
      )}
      {canDecide && (
        <GiveBack
          response={response}
          deciding={deciding}
          title={title}
          text={text}
          fileId={fileId}
          fileFormat={fileFormat}
          makeFile={makeFile}
        />
      )}
      {review.seats.length > 0 && <OwnFeedbacks seats={review.seats} rubric={rubric} nameOf={nameOf} />}
      {response && <PanelNotes response={response} nameOf={nameOf} />}
    </>
  );
}

/** Shows a passage and its point as those that are meant, and no others. Nothing is drawn anew for it. */
function highlight(id: string): void {
  for (const each of document.querySelectorAll(".review .active")) {
    each.classList.remove("active");
  }
  if (id !== "") {
    for (const each of document.querySelectorAll(`.review [data-ids~="${id}"], .review #${cardId(id)}`)) {
      each.classList.add("active");
    }
  }
}

function passagesOf(
  points: readonly ShownPoint[],
  numbers: ReadonlyMap<string, number>,
  merged: LiveReview["merged"],
  index: CodePointIndex,
  words: ReturnType<typeof useWords>,
): MarkedPassage[] {
  const found: MarkedPassage[] = [];
  for (const { id, point } of points) {
    const place = point.anchor && index.find(point.anchor);
    const number = numbers.get(id) ?? 0;
    if (place) {
      const what = [polarityOf(point, words), point.issue && issueOf(point, words)].filter(Boolean).join(", ");
      found.push({ id: String(number), ...place, kind: kindOf(point), label: words.text.toPoint(number, what) });
    }
  }
  merged?.suspectedInjections.forEach((anchor, at) => {
    const place = index.find(anchor);
    if (place) {
      found.push({ id: `s${at + 1}`, ...place, kind: "steering", label: "" });
    }
  });
  return found;
}

function changed<T>(all: Readonly<Record<string, T>>, id: string, value: T | undefined): Record<string, T> {
  const { [id]: _, ...others } = all;
  return value === undefined ? others : { ...others, [id]: value };
}
