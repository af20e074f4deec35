import { clone, create } from "@bufbuild/protobuf";
import { useState } from "react";
import {
  type Criterion,
  CriterionSchema,
  type Level,
  LevelSchema,
  type Rubric,
  RubricSchema,
} from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { save } from "../api/files.ts";
import { Field } from "../common/Field.tsx";
import { useWords } from "../words/language.tsx";
import { rubricFaults } from "./rubric_faults.ts";
import { toCsv, toProtoJson } from "./rubric_files.ts";

interface Properties {
  name: string;
  rubric: Rubric;
  onSave: (name: string, rubric: Rubric) => void;
}

export function RubricEditor(given: Properties) {
  const words = useWords();
  const [name, setName] = useState(given.name);
  const [rubric, setRubric] = useState(given.rubric);
  const [isSaved, setIsSaved] = useState(false);
  const faults = [...(name.trim() === "" ? [words.rubrics.faults.name] : []), ...rubricFaults(rubric, words)];
  const change = (how: (draft: Rubric) => void) => {
    const draft = clone(RubricSchema, rubric);
    how(draft);
    setRubric(draft);
    setIsSaved(false);
  };
  const file = (content: string, type: string, ending: string) => save(new Blob([content], { type }), `${name || "rubric"}.${ending}`);

  return (
    <section className="rubric-editor" aria-label={words.rubrics.edit}>
      <Field label={words.rubrics.name} value={name} onChange={setName} />
      {rubric.criteria.map((criterion, at) => (
        <CriterionEditor
          key={at}
          number={at + 1}
          criterion={criterion}
          onChange={(how) => change((draft) => how(draft.criteria[at] as Criterion))}
          onRemove={() => change((draft) => draft.criteria.splice(at, 1))}
        />
      ))}
      <p className="row">
        <button type="button" onClick={() => change((draft) => draft.criteria.push(emptyCriterion(draft)))}>
          {words.rubrics.addCriterion}
        </button>
      </p>
      <div role="status">
        <ul className="plain">
          {faults.map((each) => (
            <li key={each} className="wrong">
              {each}
            </li>
          ))}
          {faults.length === 0 && <li>{isSaved ? words.rubrics.saved : words.rubrics.sound}</li>}
        </ul>
      </div>
      <p className="row">
        <button
          type="button"
          className="primary"
          disabled={faults.length > 0}
          onClick={() => {
            given.onSave(name.trim(), rubric);
            setIsSaved(true);
          }}
        >
          {words.save}
        </button>
        <button type="button" onClick={() => file(toProtoJson(rubric), "application/json", "json")}>
          {words.rubrics.exportJson}
        </button>
        <button type="button" onClick={() => file(toCsv(rubric), "text/csv", "csv")}>
          {words.rubrics.exportCsv}
        </button>
      </p>
    </section>
  );
}

interface CriterionProperties {
  number: number;
  criterion: Criterion;
  onChange: (how: (draft: Criterion) => void) => void;
  onRemove: () => void;
}

function CriterionEditor({ number, criterion, onChange, onRemove }: CriterionProperties) {
  const words = useWords();
  const { levels } = criterion;
  const set = (part: Partial<Criterion>) => onChange((draft) => Object.assign(draft, part));
  return (
    <fieldset className="criterion">
      <legend>{words.rubrics.criterion(number)}</legend>
      <div className="pair">
        <Field label={words.rubrics.criterionTitle} value={criterion.title} onChange={(title) => set({ title })} />
        <Field label={words.rubrics.criterionId} value={criterion.id} onChange={(id) => set({ id })} />
        <NumberField label={words.rubrics.weight} value={criterion.weight} onChange={(weight) => set({ weight })} />
      </div>
      <Field label={words.rubrics.description} lines={2} value={criterion.description} onChange={(description) => set({ description })} />
      <details>
        <summary>
          {words.rubrics.levels} ({levels.length})
        </summary>
        {levels.map((level, at) => {
          const change = (part: Partial<Level>) => onChange((draft) => Object.assign(draft.levels[at] as Level, part));
          return (
            <div key={at} className="level">
              <NumberField label={words.rubrics.score} value={level.score} onChange={(score) => change({ score: score ?? Number.NaN })} />
              <Field label={words.rubrics.levelTitle} value={level.title} onChange={(title) => change({ title })} />
              <Field
                label={words.rubrics.levelDescription}
                lines={2}
                value={level.description}
                onChange={(description) => change({ description })}
              />
              <button type="button" className="quiet" onClick={() => onChange((draft) => draft.levels.splice(at, 1))}>
                {words.rubrics.removeLevel(String(level.score))}
              </button>
            </div>
          );
        })}
        <button type="button" onClick={() => onChange((draft) => draft.levels.push(nextLevel(draft)))}>
          {words.rubrics.addLevel}
        </button>
      </details>
      <button type="button" className="quiet" onClick={onRemove}>
        {words.rubrics.removeCriterion(criterion.title || criterion.id || String(number))}
      </button>
    </fieldset>
  );
}

/** A number as it is typed; what is none counts as not set. */
function NumberField({ label, value, onChange }: { label: string; value: number | undefined; onChange: (value: number | undefined) => void }) {
  const [typed, setTyped] = useState("");
  // What was typed stands while it means the value: "1." must not become "1" under the hand.
  const shown = Object.is(readNumber(typed), value) ? typed : value === undefined ? "" : String(Math.round(value * 1e6) / 1e6);
  return (
    <Field
      label={label}
      isNumber
      value={shown}
      onChange={(text) => {
        setTyped(text);
        onChange(readNumber(text));
      }}
    />
  );
}

function readNumber(text: string): number | undefined {
  return text.trim() === "" ? undefined : Number(text.replace(",", "."));
}

function nextLevel(criterion: Criterion): Level {
  return create(LevelSchema, { score: (criterion.levels.at(-1)?.score ?? 0) + 1 });
}

function emptyCriterion(rubric: Rubric): Criterion {
  const levels = [1, 2, 3, 4, 5].map((score) => create(LevelSchema, { score }));
  const taken = new Set(rubric.criteria.map((each) => each.id));
  let number = rubric.criteria.length + 1;
  while (taken.has(`c${number}`)) {
    number++;
  }
  return create(CriterionSchema, { id: `c${number}`, weight: 1, levels });
}
