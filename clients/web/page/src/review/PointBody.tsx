import { Anchor_Match, type Point } from "../../generated/chorus/feedback/v1/feedback_pb.ts";
import { Said } from "../common/Said.tsx";
import { useWords } from "../words/language.tsx";

/** What a point says, from the passage to the wording it proposes. */
export function PointBody({ point, withQuote = true }: { point: Point; withQuote?: boolean }) {
  const words = useWords();
  return (
    <>
      {withQuote && point.anchor !== undefined && (
        <blockquote>
          <Said text={point.anchor.quote} />
          {point.anchor.match === Anchor_Match.APPROXIMATE && <small> ({words.points.match})</small>}
        </blockquote>
      )}
      {withQuote && point.anchor === undefined && <p className="hint">{words.points.wholeText}</p>}
      <p>
        <Said text={point.observation} />
      </p>
      <Labelled label={words.points.why} text={point.reason} />
      <Labelled label={words.points.next} text={point.nextStep} />
      <Labelled label={words.points.rewrite} text={point.suggestedRewrite} className="rewrite" />
    </>
  );
}

function Labelled({ label, text, className }: { label: string; text: string; className?: string }) {
  return (
    text !== "" && (
      <p className={className}>
        <strong>{label}:</strong> <Said text={text} />
      </p>
    )
  );
}
