import { useState } from "react";
import type { ModelFeedback } from "../../generated/chorus/feedback/v1/feedback_pb.ts";
import type { Rubric } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { cost, score as written, seconds } from "../amounts.ts";
import { Said } from "../common/Said.tsx";
import { explain } from "../failures.ts";
import { useLanguage, useWords } from "../words/language.tsx";
import { said, type Seat } from "./live_review.ts";
import { PointBody } from "./PointBody.tsx";
import { aboutOf, kindOf, polarityOf, signOf, titleOf } from "./said_of_points.ts";

interface Properties {
  seats: readonly Seat[];
  rubric: Rubric | undefined;
  nameOf: (model: string) => string;
}

/** What each model said, before anything was merged, side by side. */
export function OwnFeedbacks({ seats, rubric, nameOf }: Properties) {
  const words = useWords();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <section className="own" aria-labelledby="own-title">
      <h2 id="own-title">{words.own.heading}</h2>
      <p className="row">
        <span className="hint">{words.own.hint}</span>
        <button type="button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? words.own.hide : words.own.show}
        </button>
      </p>
      {isOpen && (
        <div className="side-by-side">
          {seats.map((seat) => (
            <article key={seat.model} aria-label={nameOf(seat.model)}>
              <h3>
                <Said text={nameOf(seat.model)} />
              </h3>
              <OneFeedback seat={seat} rubric={rubric} nameOf={nameOf} />
            </article>
          ))}
        </div>
      )}
    </section>
  );
}

function OneFeedback({ seat, rubric, nameOf }: Omit<Properties, "seats"> & { seat: Seat }) {
  const { words, language } = useLanguage();
  const { result } = seat;
  const outcome = result?.outcome;
  return (
    <>
      <p className="hint">
        {result?.modelVersion && (
          <>
            {words.own.version}: <Said text={result.modelVersion} />
            <br />
          </>
        )}
        {result?.latency && `${words.own.time}: ${seconds(result.latency, words)} · `}
        {result && `${words.panel.cost}: ${cost(result.usage, words)}`}
      </p>
      {outcome?.case === "failure" && (
        <p>
          <Said text={explain(outcome.value, words, language, nameOf)} />
        </p>
      )}
      {outcome?.case === "feedback" && <Summed feedback={outcome.value} rubric={rubric} />}
      {said(seat).map((point, at) => (
        <div key={at} className={`own-point ${kindOf(point)}`}>
          <h4>
            <span aria-hidden="true">{signOf(point)}</span> {polarityOf(point, words)}
          </h4>
          <p className="about">
            <Said text={aboutOf(point, rubric, words).join(" · ")} />
          </p>
          <PointBody point={point} />
        </div>
      ))}
    </>
  );
}

function Summed({ feedback, rubric }: { feedback: ModelFeedback; rubric: Rubric | undefined }) {
  const words = useWords();
  return (
    <>
      <p>{feedback.summary === "" ? words.own.noSummary : <Said text={feedback.summary} />}</p>
      {feedback.scores.length > 0 && (
        <ul className="plain">
          {feedback.scores.map((each) => (
            <li key={each.criterionId}>
              <Said text={titleOf(each.criterionId, rubric)} />:{" "}
              <strong>{each.score === undefined ? words.scores.notJudged : written(each.score)}</strong>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
