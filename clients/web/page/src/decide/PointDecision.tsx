import { useState } from "react";
import type { Point } from "../../generated/chorus/feedback/v1/feedback_pb.ts";
import { PointBody } from "../review/PointBody.tsx";
import { useWords } from "../words/language.tsx";
import type { PointVerdict } from "./decisions.ts";
import { PointForm } from "./PointForm.tsx";

interface Properties {
  number: number;
  point: Point;
  decided: PointVerdict | undefined;
  text: string;
  isFinal: boolean;
  onDecide: (verdict: PointVerdict | undefined) => void;
}

/** Keeps, edits or rejects one point. Pressing what is chosen takes it back. */
export function PointDecision({ number, point, decided, text, isFinal, onDecide }: Properties) {
  const words = useWords();
  const [isEditing, setIsEditing] = useState(false);
  const verdict = decided?.verdict;
  const toggle = (chosen: "kept" | "rejected") => onDecide(verdict === chosen ? undefined : { verdict: chosen });
  return (
    <div className="decision">
      <div className="row" role="group" aria-label={words.decide.pointDecision(number)}>
        <button type="button" disabled={isFinal} aria-pressed={verdict === "kept"} onClick={() => toggle("kept")}>
          {words.decide.keep}
        </button>
        <button type="button" disabled={isFinal} aria-pressed={verdict === "edited"} aria-expanded={isEditing} onClick={() => setIsEditing(!isEditing)}>
          {words.decide.edit}
        </button>
        <button type="button" disabled={isFinal} aria-pressed={verdict === "rejected"} onClick={() => toggle("rejected")}>
          {words.decide.reject}
        </button>
        <small>{verdict === undefined ? words.decide.undo : words.decide[verdict]}</small>
      </div>
      {isEditing && (
        <PointForm
          point={decided?.point ?? point}
          text={text}
          onCancel={() => setIsEditing(false)}
          onSave={(mine) => {
            setIsEditing(false);
            onDecide({ verdict: "edited", point: mine });
          }}
        />
      )}
      {!isEditing && decided?.point && (
        <div className="own-words">
          <PointBody point={decided.point} withQuote={false} />
        </div>
      )}
    </div>
  );
}
