import { type JsonValue, toJson } from "@bufbuild/protobuf";
import { type FormEvent, type ReactNode, useMemo, useState } from "react";
import { RubricSchema } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { Failed } from "../common/Failed.tsx";
import { Field } from "../common/Field.tsx";
import { absentOf, chosenOf, outsideProviders } from "../models/reviewers.ts";
import { keepChoice, keptChoice } from "../kept/kept_choice.ts";
import { useModels } from "../models/use_models.ts";
import { MachinesLine } from "../review/MachinesLine.tsx";
import { ModelPicker, mostOf } from "../review/ModelPicker.tsx";
import { ReadingFields } from "../review/ReadingFields.tsx";
import { keptRubrics } from "../rubrics/kept_rubrics.ts";
import { cut } from "../text/code_points.ts";
import { useWords } from "../words/language.tsx";
import type { AssignmentFields } from "./class_api.ts";
import { Wrong } from "./Wrong.tsx";

/** A longer title of a class is cut. */
export const MOST_OF_TITLE = 200;
const MOST_OF_TASK = 20_000;
/** The rubric that the class has; no name of a kept one. */
const AS_IT_IS = " ";

interface Properties {
  heading: string;
  button: string;
  /** What stands there at first; unset: nothing. */
  given?: AssignmentFields;
  /** Says what keeps the rest of the form from being sent; empty: nothing. */
  fault?: (most: bigint) => string;
  onSave: (fields: AssignmentFields) => Promise<void>;
  onCancel?: () => void;
  /** What else the form asks for; it is given the most that one review may cost. */
  children?: (most: bigint) => ReactNode;
}

/** Asks what all works of a class were written for, and how they are reviewed. */
export function AssignmentForm({ heading, button, given, fault, onSave, onCancel, children }: Properties) {
  const words = useWords();
  const { models: listed, failure, refresh } = useModels();
  const rubrics = useMemo(keptRubrics, []);
  // A new class is read as was chosen last; its limit is one of its own.
  const last = useMemo(() => keptChoice(rubrics.map(({ name }) => name)), [rubrics]);
  const [form, setForm] = useState({
    title: given?.title ?? "",
    task: given?.task ?? "",
    notes: given?.notes ?? "",
    level: given?.level ?? "",
    textLanguage: given?.text_language ?? last.textLanguage,
    feedbackLanguage: given?.feedback_language ?? last.feedbackLanguage,
    rubricName: given ? (given.rubric ? AS_IT_IS : "") : last.rubricName,
  });
  const [models, setModels] = useState(given ? given.models : last.models);
  const [wrong, setWrong] = useState("");
  const [refusal, setRefusal] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const change = (some: Partial<typeof form>) => setForm((now) => ({ ...now, ...some }));
  // A class keeps a model that is away just now.
  const chosen = given ? new Set(models) : chosenOf(listed, models);
  const providers = listed && chosen.size > 0 ? outsideProviders(listed.models, chosen) : undefined;
  // What stands below the models comes with them: nothing moves under a hand that is already there.
  const isSettled = listed !== undefined || failure !== undefined;
  const most = listed ? mostOf(listed, chosen) : 0n;

  const save = async (event: FormEvent) => {
    event.preventDefault();
    const found = form.title.trim() === "" ? words.classes.needsTitle : chosen.size === 0 ? words.form.needsModel : (fault?.(most) ?? "");
    setWrong(found);
    setRefusal(undefined);
    if (found !== "") {
      return;
    }
    setIsBusy(true);
    const rubric = rubrics.find((each) => each.name === form.rubricName)?.rubric;
    const kept: JsonValue = form.rubricName === AS_IT_IS ? (given?.rubric ?? null) : null;
    try {
      await onSave({
        title: form.title.trim(),
        task: form.task.trim(),
        notes: form.notes.trim(),
        level: form.level.trim(),
        text_language: form.textLanguage,
        feedback_language: form.feedbackLanguage,
        rubric: rubric === undefined ? kept : toJson(RubricSchema, rubric),
        models: [...chosen],
      });
      if (!given) {
        keepChoice({ ...form, models, limit: last.limit });
      }
    } catch (error) {
      setRefusal(error);
      setIsBusy(false);
    }
  };

  return (
    <form className="class-form" onSubmit={(event) => void save(event)} noValidate aria-labelledby="class-form">
      <h2 id="class-form">{heading}</h2>
      <div className="columns">
        <div>
          <Field label={words.classes.title} value={form.title} onChange={(title) => change({ title: cut(title, MOST_OF_TITLE) })} />
          <Field
            label={words.classes.task}
            hint={words.form.taskHint}
            lines={3}
            value={form.task}
            onChange={(task) => change({ task: cut(task, MOST_OF_TASK) })}
          />
          <Field
            label={words.classes.notes}
            hint={words.classes.notesHint}
            lines={4}
            value={form.notes}
            onChange={(notes) => change({ notes: cut(notes, MOST_OF_TASK) })}
          />
        </div>
        <div>
          <ReadingFields form={form} rubrics={rubrics} more={given?.rubric ? { [AS_IT_IS]: words.classes.rubricAsItIs } : {}} onChange={change} />
          {listed && <ModelPicker listed={listed} chosen={chosen} absent={absentOf(listed, models)} onChoose={setModels} />}
          {failure && <Failed failure={failure} title={words.form.modelsFailed} onAgain={refresh} />}
          {!isSettled && <p>{words.loading}</p>}
          {isSettled && children?.(most)}
        </div>
      </div>
      {isSettled && <MachinesLine providers={providers} />}
      <p className="row">
        {isSettled && (
          <button type="submit" className="primary" disabled={isBusy}>
            {button}
          </button>
        )}
        {onCancel && (
          <button type="button" onClick={onCancel}>
            {words.cancel}
          </button>
        )}
        {wrong !== "" && (
          <span role="alert" className="wrong">
            {wrong}
          </span>
        )}
      </p>
      <Wrong error={refusal} />
    </form>
  );
}
