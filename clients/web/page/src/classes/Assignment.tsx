import { fromJson } from "@bufbuild/protobuf";
import { type FormEvent, useState } from "react";
import { RubricSchema } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { Field } from "../common/Field.tsx";
import { Said } from "../common/Said.tsx";
import { MachinesLine } from "../review/MachinesLine.tsx";
import { cut } from "../text/code_points.ts";
import { useWords } from "../words/language.tsx";
import type { Words } from "../words/words.ts";
import { AssignmentForm, MOST_OF_TITLE } from "./AssignmentForm.tsx";
import { type AssignmentFields, changeAssignment, type ShownClass } from "./class_api.ts";
import { Wrong } from "./Wrong.tsx";

interface Properties {
  shown: ShownClass;
  nameOf: (model: string) => string;
  /** Whose machines read the works; undefined: it is not known so far. */
  providers: readonly string[] | undefined;
  onChange: () => void;
}

/** What all works of a class were written for and how they are reviewed; it can be edited until one is asked for. */
export function Assignment({ shown, nameOf, providers, onChange }: Properties) {
  const words = useWords();
  const [isEdited, setIsEdited] = useState(false);
  const save = async (fields: Partial<AssignmentFields>) => {
    await changeAssignment(shown.id, fields);
    setIsEdited(false);
    onChange();
  };
  if (isEdited && !shown.was_asked_for) {
    return (
      <AssignmentForm
        heading={words.classes.editAssignment}
        button={words.save}
        given={shown}
        onSave={save}
        onCancel={() => setIsEdited(false)}
      />
    );
  }
  return (
    <>
      <details>
        <summary>{words.classes.assignment}</summary>
        <dl>
          {detailsOf(shown, nameOf, words).map(([label, said]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd className="said">
                <Said text={said} />
              </dd>
            </div>
          ))}
        </dl>
        {shown.was_asked_for && <p className="hint">{words.classes.isClosed}</p>}
        {isEdited ? (
          <TitleForm title={shown.title} onSave={(title) => save({ title })} onCancel={() => setIsEdited(false)} />
        ) : (
          <button type="button" onClick={() => setIsEdited(true)}>
            {shown.was_asked_for ? words.classes.editTitle : words.classes.editAssignment}
          </button>
        )}
      </details>
      {providers && <MachinesLine providers={providers} />}
    </>
  );
}

interface TitleProperties {
  title: string;
  onSave: (title: string) => Promise<void>;
  onCancel: () => void;
}

function TitleForm({ title, onSave, onCancel }: TitleProperties) {
  const words = useWords();
  const [written, setWritten] = useState(title);
  const [refusal, setRefusal] = useState<unknown>();
  const isEmpty = written.trim() === "";
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!isEmpty) {
      onSave(written.trim()).catch(setRefusal);
    }
  };
  return (
    <form className="narrow" onSubmit={save} noValidate>
      <Field
        label={words.classes.title}
        value={written}
        wrong={isEmpty ? words.classes.needsTitle : ""}
        onChange={(typed) => setWritten(cut(typed, MOST_OF_TITLE))}
      />
      <p className="row">
        <button type="submit" className="primary" disabled={isEmpty}>
          {words.save}
        </button>
        <button type="button" onClick={onCancel}>
          {words.cancel}
        </button>
      </p>
      <Wrong error={refusal} />
    </form>
  );
}

function detailsOf(shown: ShownClass, nameOf: (model: string) => string, words: Words): [label: string, said: string][] {
  const languages: Readonly<Record<string, string>> = { ko: words.form.korean, en: words.form.english };
  const rubric = shown.rubric && fromJson(RubricSchema, shown.rubric, { ignoreUnknownFields: true });
  const details: [string, string][] = [
    [words.classes.task, shown.task],
    [words.classes.notes, shown.notes],
    [words.form.level, shown.level],
    [words.form.textLanguage, languages[shown.text_language] ?? words.form.detected],
    [words.form.feedbackLanguage, languages[shown.feedback_language] ?? words.form.asText],
    [words.form.rubric, rubric ? rubric.criteria.map(({ title, id }) => title || id).join(", ") : words.form.defaultRubric],
    [words.form.models, shown.models.map(nameOf).join(", ")],
  ];
  return details.filter(([, said]) => said !== "");
}
