import { type MergedFeedback, Summary_Sentence_Kind } from "../../generated/chorus/feedback/v1/merged_pb.ts";
import { Said } from "../common/Said.tsx";
import { useWords } from "../words/language.tsx";
import { PointReferences } from "./PointReferences.tsx";

interface Properties {
  merged: MergedFeedback;
  /** A point's number, by its id. */
  numbers: ReadonlyMap<string, number>;
  nameOf: (model: string) => string;
  onPoint: (number: number) => void;
}

/** The feedback in a few sentences, each with the points that it rests on. */
export function SummaryView({ merged, numbers, nameOf, onPoint }: Properties) {
  const words = useWords();
  const { summary } = merged;
  if (summary === undefined || summary.sentences.length === 0) {
    return null;
  }
  return (
    <section className="summary" aria-labelledby="summary-title">
      <h2 id="summary-title">{words.summary.heading}</h2>
      <ul>
        {summary.sentences.map((each, at) => (
          <li key={at} className={each.kind === Summary_Sentence_Kind.STRENGTH ? "strength" : "improvement"}>
            <strong>{each.kind === Summary_Sentence_Kind.STRENGTH ? words.summary.strength : words.summary.next}:</strong>{" "}
            <Said text={each.text} />{" "}
            <PointReferences ids={each.pointIds} numbers={numbers} onPoint={onPoint} />
          </li>
        ))}
      </ul>
      <p className="hint">
        <Said text={summary.model === "" ? words.summary.byTemplate : words.summary.by(nameOf(summary.model))} />
      </p>
    </section>
  );
}

/** Passages that may speak to the models, as a question to the person who decides. */
export function Steering({ merged }: { merged: MergedFeedback }) {
  const words = useWords();
  if (merged.suspectedInjections.length === 0) {
    return null;
  }
  return (
    <section className="steering" aria-labelledby="steering-title">
      <h2 id="steering-title">{words.steering.heading}</h2>
      <ul className="plain">
        {merged.suspectedInjections.map((each) => (
          <li key={each.start}>
            <blockquote>
              <Said text={each.quote} />
            </blockquote>
          </li>
        ))}
      </ul>
      <p>
        {words.steering.question} {words.steering.verdict}
      </p>
      {merged.confirmedInjections.length > 0 && <p>{words.steering.confirmed}</p>}
    </section>
  );
}
