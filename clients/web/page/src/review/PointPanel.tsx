import { type ReactNode, type RefObject, useEffect, useState } from "react";
import type { Point } from "../../generated/chorus/feedback/v1/feedback_pb.ts";
import { Choice } from "../common/Field.tsx";
import { PointForm } from "../decide/PointForm.tsx";
import { selectedUnits } from "../text/selection.ts";
import { useWords } from "../words/language.tsx";
import type { LiveReview, ShownPoint } from "./live_review.ts";
import { PointBody } from "./PointBody.tsx";
import { PointCard } from "./PointCard.tsx";
import { byDisagreement, type PointOrder } from "./point_order.ts";
import { kindOf, polarityOf, signOf } from "./said_of_points.ts";

interface Properties {
  review: LiveReview;
  points: readonly ShownPoint[];
  numbers: ReadonlyMap<string, number>;
  nameOf: (model: string) => string;
  /** The numbers of the points whose passage is in the text. */
  inText: ReadonlySet<string>;
  text: string;
  box: RefObject<HTMLDivElement | null>;
  /** The ids of the points that a person has rejected. */
  rejected: ReadonlySet<string>;
  added: readonly Point[];
  canAdd: boolean;
  onShow: (number: number) => void;
  onHover: (id: string) => void;
  onAdded: (added: readonly Point[]) => void;
  decide: (shown: ShownPoint, number: number) => ReactNode;
}

/** The points, those that models disagree about first, then a person's own. */
export function PointPanel(properties: Properties) {
  const { review, points, numbers, nameOf, inText, rejected, onShow, onHover, decide } = properties;
  const words = useWords();
  const [order, setOrder] = useState<PointOrder>("importance");
  const [contested, rest] = byDisagreement(points, order);
  const list = (some: readonly ShownPoint[]) =>
    some.map((shown) => {
      const number = numbers.get(shown.id) ?? 0;
      return (
        <PointCard
          key={shown.id}
          shown={shown}
          numbers={numbers}
          rubric={review.rubric}
          nameOf={nameOf}
          isInText={inText.has(String(number))}
          opposite={points.filter((each) => shown.merged?.contradicts.includes(each.id))}
          isRejected={rejected.has(shown.id)}
          onShow={onShow}
          onHover={onHover}
        >
          {decide(shown, number)}
        </PointCard>
      );
    });

  return (
    <div className="points">
      <div className="row spread">
        <h2 id="points-title">{words.points.heading}</h2>
        {points.length > 1 && (
          <Choice
            label={words.points.order}
            value={order}
            options={{ importance: words.points.byImportance, place: words.points.byPlace }}
            onChange={(chosen) => setOrder(chosen as PointOrder)}
          />
        )}
      </div>
      <div className="point-list" tabIndex={0} role="region" aria-labelledby="points-title">
        {contested.length > 0 && (
          <>
            <h3>{words.points.contested}</h3>
            <p className="hint">{words.points.contestedHint}</p>
            {list(contested)}
            {rest.length > 0 && <h3>{words.points.rest}</h3>}
          </>
        )}
        {list(rest)}
        {points.length === 0 && <p>{nothing(review, words)}</p>}
        <OwnPoints {...properties} />
      </div>
    </div>
  );
}

function OwnPoints({ text, box, added, canAdd, onAdded }: Properties) {
  const words = useWords();
  const [selected, setSelected] = useState<{ start: number; end: number }>();
  const [isAdding, setIsAdding] = useState(false);

  useEffect(() => {
    const follow = () => {
      const found = box.current && selectedUnits(box.current);
      if (found) {
        setSelected(found);
      }
    };
    document.addEventListener("selectionchange", follow);
    return () => document.removeEventListener("selectionchange", follow);
  }, [box]);

  return (
    <>
      {added.map((point, at) => (
        <article key={at} className={`point mine ${kindOf(point)}`}>
          <h4>
            <span aria-hidden="true">{signOf(point)}</span> {polarityOf(point, words)} <span className="badge">{words.decide.added}</span>
          </h4>
          <PointBody point={point} />
          {canAdd && (
            <button type="button" className="quiet" onClick={() => onAdded(added.filter((each) => each !== point))}>
              {words.remove}
            </button>
          )}
        </article>
      ))}
      {canAdd && !isAdding && (
        <button type="button" onClick={() => setIsAdding(true)}>
          {selected ? words.decide.addHere : words.decide.addPoint}
        </button>
      )}
      {canAdd && isAdding && (
        <PointForm
          text={text}
          selected={selected}
          onCancel={() => setIsAdding(false)}
          onSave={(point) => {
            setIsAdding(false);
            setSelected(undefined);
            onAdded([...added, point]);
          }}
        />
      )}
    </>
  );
}

function nothing(review: LiveReview, words: ReturnType<typeof useWords>): string {
  if (review.stage !== "done") {
    return words.points.noneYet;
  }
  const answered = review.seats.filter((each) => each.result?.outcome.case === "feedback");
  const isByRuleAlone = answered.length > 0 && answered.every((each) => each.model.startsWith("chorus/"));
  return isByRuleAlone ? words.points.noneByRule : words.points.none;
}
