import { create } from "@bufbuild/protobuf";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { AnchorSchema, type Point, PointSchema, Polarity, Severity } from "../../generated/chorus/feedback/v1/feedback_pb.ts";
import { Choice, Field } from "../common/Field.tsx";
import { CodePointIndex, cut } from "../text/code_points.ts";
import { useWords } from "../words/language.tsx";

const MOST_OF_TEXT = 4000;

interface Properties {
  /** What is edited; unset: a new point. */
  point?: Point;
  /** The place of a new point, in UTF-16 units. */
  selected?: { start: number; end: number };
  text: string;
  onSave: (point: Point) => void;
  onCancel: () => void;
}

/** Takes a point in a person's words. */
export function PointForm({ point, selected, text, onSave, onCancel }: Properties) {
  const words = useWords();
  const form = useRef<HTMLFormElement>(null);
  const [quote, setQuote] = useState(point?.anchor?.quote ?? (selected ? text.slice(selected.start, selected.end) : ""));
  const [observation, setObservation] = useState(point?.observation ?? "");
  const [reason, setReason] = useState(point?.reason ?? "");
  const [nextStep, setNextStep] = useState(point?.nextStep ?? "");
  const [rewrite, setRewrite] = useState(point?.suggestedRewrite ?? "");
  const [polarity, setPolarity] = useState(String(point?.polarity || Polarity.IMPROVEMENT));
  const [severity, setSeverity] = useState(String(point?.severity || Severity.MODERATE));
  const [isTried, setIsTried] = useState(false);
  const anchor = point ? point.anchor : anchorOf(quote, selected, text);
  const isTwice = point === undefined && anchor !== undefined && !isSelected(quote, selected, text) && text.indexOf(anchor.quote) !== text.lastIndexOf(anchor.quote);
  const isLost = point === undefined && quote.trim() !== "" && anchor === undefined;

  useEffect(() => form.current?.querySelector<HTMLElement>("textarea, input")?.focus(), []);

  const save = (event: FormEvent) => {
    event.preventDefault();
    setIsTried(true);
    if (observation.trim() === "" || isLost || isTwice) {
      return;
    }
    const [mine, why, next, rewritten] = [observation, reason, nextStep, rewrite].map((each) => cut(each.trim().toWellFormed(), MOST_OF_TEXT));
    onSave(
      create(PointSchema, {
        ...(point && { id: point.id, criterionId: point.criterionId, issue: point.issue }),
        polarity: Number(polarity),
        severity: Number(severity),
        anchor: anchor && create(AnchorSchema, { start: anchor.start, end: anchor.end, quote: anchor.quote }),
        observation: mine,
        reason: why,
        nextStep: next,
        suggestedRewrite: rewritten,
      }),
    );
  };

  return (
    <form ref={form} className="point-form" onSubmit={save} noValidate>
      {point === undefined && (
        <Field
          label={words.decide.place}
          hint={words.decide.placeHint}
          value={quote}
          wrong={isLost ? words.decide.placeLost : isTwice ? words.decide.placeTwice : ""}
          onChange={setQuote}
        />
      )}
      <div className="pair">
        <Choice
          label={words.decide.kind}
          value={polarity}
          options={chosenFrom(words.points.polarities, [Polarity.STRENGTH, Polarity.IMPROVEMENT, Polarity.QUESTION])}
          onChange={setPolarity}
        />
        <Choice
          label={words.decide.severity}
          value={severity}
          options={chosenFrom(words.points.severities, [Severity.MINOR, Severity.MODERATE, Severity.MAJOR])}
          onChange={setSeverity}
        />
      </div>
      <Field
        label={words.decide.observation}
        lines={3}
        value={observation}
        wrong={isTried && observation.trim() === "" ? words.decide.needsObservation : ""}
        onChange={setObservation}
      />
      <Field label={words.points.why} lines={2} value={reason} onChange={setReason} />
      <Field label={words.points.next} lines={2} value={nextStep} onChange={setNextStep} />
      <Field label={words.points.rewrite} lines={2} value={rewrite} onChange={setRewrite} />
      <p className="row">
        <button type="submit" className="primary">
          {words.save}
        </button>
        <button type="button" onClick={onCancel}>
          {words.cancel}
        </button>
      </p>
    </form>
  );
}

type Range = { start: number; end: number };

function isSelected(quote: string, selected: Range | undefined, text: string): selected is Range {
  return selected !== undefined && text.slice(selected.start, selected.end) === quote;
}

/** The place of the words in the text: where they were selected, or else where they come first. */
function anchorOf(quote: string, selected: Range | undefined, text: string) {
  if (quote.trim() === "") {
    return undefined;
  }
  const start = isSelected(quote, selected, text) ? selected.start : text.indexOf(quote.trim());
  if (start < 0) {
    return undefined;
  }
  const end = start + (isSelected(quote, selected, text) ? quote : quote.trim()).length;
  const index = new CodePointIndex(text);
  return { start: index.toCodePoint(start), end: index.toCodePoint(end), quote: text.slice(start, end) };
}

function chosenFrom<Key extends number>(words: Readonly<Record<Key, string>>, keys: readonly Key[]): Record<string, string> {
  return Object.fromEntries(keys.map((key) => [String(key), words[key]]));
}
