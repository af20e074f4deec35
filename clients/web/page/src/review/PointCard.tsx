import type { ReactNode } from "react";
import { Agreement } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import type { Rubric } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { Said } from "../common/Said.tsx";
import { useWords } from "../words/language.tsx";
import type { ShownPoint } from "./live_review.ts";
import { PointBody } from "./PointBody.tsx";
import { isContested } from "./point_order.ts";
import { aboutOf, kindOf, polarityOf, signOf } from "./said_of_points.ts";

interface Properties {
  shown: ShownPoint;
  numbers: ReadonlyMap<string, number>;
  rubric: Rubric | undefined;
  nameOf: (model: string) => string;
  isInText: boolean;
  onShow: (number: number) => void;
  onHover: (id: string) => void;
  /** The points that say the opposite. */
  opposite: readonly ShownPoint[];
  isRejected: boolean;
  /** What a person can decide on it; undefined: nothing so far. */
  children?: ReactNode;
}

/** The id of a point's card in the document. */
export function cardId(number: number | string): string {
  return `point-${number}`;
}

export function PointCard({ shown, numbers, rubric, nameOf, isInText, onShow, onHover, opposite, isRejected, children }: Properties) {
  const words = useWords();
  const { point, merged } = shown;
  const number = numbers.get(shown.id) ?? 0;
  return (
    <article
      id={cardId(number)}
      className={`point ${kindOf(point)}${isRejected ? " is-rejected" : ""}`}
      tabIndex={-1}
      aria-labelledby={`${cardId(number)}-title`}
      onMouseEnter={() => onHover(String(number))}
      onMouseLeave={() => onHover("")}
    >
      <h4 id={`${cardId(number)}-title`}>
        <span className="number">{number}</span> <span aria-hidden="true">{signOf(point)}</span> {polarityOf(point, words)}
        {isContested(shown) && <span className="badge contested">{words.points.agreements[Agreement.CONTESTED](0, 0)}</span>}
      </h4>
      <p className="about">
        <Said text={aboutOf(point, rubric, words).join(" · ")} />
      </p>
      <PointBody point={point} />
      <p className="row">
        {isInText && (
          <button type="button" className="quiet" onClick={() => onShow(number)}>
            {words.points.inText}
            <span className="unseen"> ({number})</span>
          </button>
        )}
        <Agreed shown={shown} nameOf={nameOf} />
      </p>
      {opposite.length > 0 && <Opposite opposite={opposite} numbers={numbers} nameOf={nameOf} />}
      {merged && merged.members.length > 1 && (
        <details open={isContested(shown)}>
          <summary>{words.points.whoSays}</summary>
          <dl className="members">
            {merged.members.map((member, at) => (
              <div key={at}>
                <dt>
                  <Said text={nameOf(member.model)} />
                </dt>
                <dd>{member.point && <PointBody point={member.point} withQuote={false} />}</dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {children}
    </article>
  );
}

function Agreed({ shown, nameOf }: { shown: ShownPoint; nameOf: (model: string) => string }) {
  const words = useWords();
  const { merged } = shown;
  if (merged === undefined) {
    return (
      <small className="agreed">
        <Said text={words.points.byOne(nameOf(shown.model))} />
      </small>
    );
  }
  const models = [...new Set(merged.members.map((each) => nameOf(each.model)))].join(", ");
  // The heading says already that it is contested.
  const isSaid = merged.agreement === Agreement.CONTESTED;
  const agreement = isSaid ? "" : (words.points.agreements[merged.agreement]?.(merged.members.length, merged.families) ?? "");
  return (
    <small className="agreed">
      <Said text={agreement === "" ? models : `${agreement}: ${models}`} />
    </small>
  );
}

function Opposite({ opposite, numbers, nameOf }: Pick<Properties, "opposite" | "numbers" | "nameOf">) {
  const words = useWords();
  return (
    <ul className="plain opposite">
      {opposite.map(({ id, point, merged, model }) => {
        const number = numbers.get(id) ?? 0;
        const models = merged ? [...new Set(merged.members.map((each) => nameOf(each.model)))].join(", ") : nameOf(model);
        return (
          <li key={id}>
            <button type="button" className="quiet" onClick={() => document.getElementById(cardId(number))?.focus()}>
              {words.points.opposes(number)}
            </button>
            <p>
              <strong>
                <Said text={models} />:
              </strong>{" "}
              <span aria-hidden="true">{signOf(point)}</span> {polarityOf(point, words)}: <Said text={point.observation} />
            </p>
          </li>
        );
      })}
    </ul>
  );
}
