import { toJson } from "@bufbuild/protobuf";
import { type FormEvent, useMemo, useState } from "react";
import { RubricSchema } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { readDollars } from "../amounts.ts";
import { Failed } from "../common/Failed.tsx";
import { Field } from "../common/Field.tsx";
import { firstChoice, outsideProviders } from "../models/reviewers.ts";
import { useModels } from "../models/use_models.ts";
import { MachinesLine } from "../review/MachinesLine.tsx";
import { ModelPicker } from "../review/ModelPicker.tsx";
import { ReadingFields } from "../review/ReadingFields.tsx";
import { goTo } from "../route.ts";
import { keptRubrics } from "../rubrics/kept_rubrics.ts";
import { cut } from "../text/code_points.ts";
import { useWords } from "../words/language.tsx";
import { createClass } from "./class_api.ts";
import { Wrong } from "./Wrong.tsx";

const MOST_OF_TITLE = 200;
const MOST_OF_TASK = 20_000;

/** Asks what all works of a class were written for, and how they are reviewed. */
export function NewClassForm() {
  const words = useWords();
  const { models: listed, failure, refresh } = useModels();
  const rubrics = useMemo(keptRubrics, []);
  const [form, setForm] = useState({ title: "", task: "", notes: "", level: "", textLanguage: "", feedbackLanguage: "", rubricName: "", limit: "" });
  const [models, setModels] = useState<readonly string[]>();
  const [wrong, setWrong] = useState("");
  const [refusal, setRefusal] = useState<unknown>();
  const [isBusy, setIsBusy] = useState(false);
  const change = (some: Partial<typeof form>) => setForm((now) => ({ ...now, ...some }));
  const chosen = new Set(models ?? (listed ? firstChoice(listed) : []));
  const providers = listed && chosen.size > 0 ? outsideProviders(listed.models, chosen) : undefined;
  const limit = readDollars(form.limit);
  const isLimitWrong = form.limit.trim() !== "" && limit === undefined;

  const create = async (event: FormEvent) => {
    event.preventDefault();
    const fault =
      form.title.trim() === ""
        ? words.classes.needsTitle
        : chosen.size === 0
          ? words.form.needsModel
          : isLimitWrong
            ? words.form.limitWrong
            : "";
    setWrong(fault);
    setRefusal(undefined);
    if (fault !== "") {
      return;
    }
    setIsBusy(true);
    const rubric = rubrics.find((each) => each.name === form.rubricName)?.rubric;
    try {
      const classId = await createClass({
        title: form.title.trim(),
        task: form.task.trim(),
        notes: form.notes.trim(),
        level: form.level.trim(),
        text_language: form.textLanguage,
        feedback_language: form.feedbackLanguage,
        rubric: rubric === undefined ? null : toJson(RubricSchema, rubric),
        models: [...chosen],
        limit_usd_nanos: limit === undefined ? null : Number(limit),
      });
      goTo({ view: "classes", feedbackId: "", classId });
    } catch (error) {
      setRefusal(error);
      setIsBusy(false);
    }
  };

  return (
    <form className="class-form" onSubmit={(event) => void create(event)} noValidate aria-labelledby="new-class">
      <h2 id="new-class">{words.classes.create}</h2>
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
          <ReadingFields form={form} rubrics={rubrics} onChange={change} />
          {listed && <ModelPicker listed={listed} chosen={chosen} onChoose={setModels} />}
          {failure && <Failed failure={failure} title={words.form.modelsFailed} onAgain={refresh} />}
          {!listed && !failure && <p>{words.loading}</p>}
          <Field
            label={words.classes.limit}
            hint={words.classes.limitHint}
            value={form.limit}
            isNumber
            wrong={isLimitWrong ? words.form.limitWrong : ""}
            onChange={(written) => change({ limit: written })}
          />
        </div>
      </div>
      <MachinesLine providers={providers} />
      <p className="row">
        <button type="submit" className="primary" disabled={isBusy}>
          {words.classes.createButton}
        </button>
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
