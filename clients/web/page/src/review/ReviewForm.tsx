import { type FormEvent, useMemo, useState } from "react";
import { readDollars } from "../amounts.ts";
import { Field } from "../common/Field.tsx";
import { Failed } from "../common/Failed.tsx";
import { absentOf, chosenOf, outsideProviders } from "../models/reviewers.ts";
import type { Listing } from "../models/use_models.ts";
import { keptRubrics } from "../rubrics/kept_rubrics.ts";
import { cut } from "../text/code_points.ts";
import { useWords } from "../words/language.tsx";
import { MachinesLine } from "./MachinesLine.tsx";
import { ModelPicker } from "./ModelPicker.tsx";
import { ReadingFields } from "./ReadingFields.tsx";
import { toRequest, type WorkForm } from "./request.ts";
import type { ReviewRequest } from "./use_review.ts";
import { MOST_CHARACTERS, WorkInput } from "./WorkInput.tsx";

const MOST_OF_TASK = 20_000;

interface Properties {
  form: WorkForm;
  listing: Listing;
  /** Something was chosen for the last work, and stays for this one. */
  stays: boolean;
  onChange: (change: Partial<WorkForm>) => void;
  onStart: (request: ReviewRequest, providers: readonly string[]) => void;
}

export function ReviewForm({ form, listing, stays, onChange, onStart }: Properties) {
  const words = useWords();
  const [wrong, setWrong] = useState("");
  const rubrics = useMemo(keptRubrics, []);
  const { models: listed } = listing;
  const chosen = chosenOf(listed, form.models);
  // What stands below the models comes with them: nothing moves under a hand that is already there.
  const isSettled = listed !== undefined || listing.failure !== undefined;
  const providers = listed && chosen.size > 0 ? outsideProviders(listed.models, chosen) : undefined;
  const isLimitWrong = form.limit.trim() !== "" && readDollars(form.limit) === undefined;

  const start = (event: FormEvent) => {
    event.preventDefault();
    const fault = firstFault(form, chosen.size, isLimitWrong, words);
    setWrong(fault);
    if (fault === "") {
      const rubric = rubrics.find((each) => each.name === form.rubricName)?.rubric;
      onStart(toRequest(form, [...chosen], rubric), providers ?? []);
    }
  };

  return (
    <form className="review-form" onSubmit={start} noValidate>
      <h1>{words.live.newReview}</h1>
      {stays && <p className="hint">{words.form.stays}</p>}
      <div className="columns">
        <section aria-label={words.form.work}>
          <WorkInput form={form} onChange={onChange} />
          <Field label={words.form.title} value={form.title} onChange={(title) => onChange({ title })} />
        </section>
        <section aria-label={words.live.heading}>
          <Field
            label={words.form.task}
            hint={words.form.taskHint}
            lines={3}
            value={form.task}
            onChange={(task) => onChange({ task: cut(task, MOST_OF_TASK) })}
          />
          <ReadingFields form={form} rubrics={rubrics} onChange={onChange} />
          {listed && (
            <ModelPicker
              listed={listed}
              chosen={chosen}
              absent={absentOf(listed, form.models)}
              onChoose={(models) => onChange({ models })}
            />
          )}
          {listing.failure && <Failed failure={listing.failure} title={words.form.modelsFailed} onAgain={listing.refresh} />}
          {!isSettled && <p>{words.loading}</p>}
          {isSettled && (
            <Field
              label={words.form.limit}
              hint={words.form.limitHint}
              value={form.limit}
              isNumber
              wrong={isLimitWrong ? words.form.limitWrong : ""}
              onChange={(limit) => onChange({ limit })}
            />
          )}
        </section>
      </div>
      {isSettled && <MachinesLine providers={providers} />}
      <p className="row">
        {isSettled && (
          <button type="submit" className="primary">
            {words.form.start}
          </button>
        )}
        {wrong !== "" && (
          <span role="alert" className="wrong">
            {wrong}
          </span>
        )}
      </p>
    </form>
  );
}

function firstFault(form: WorkForm, chosen: number, isLimitWrong: boolean, words: ReturnType<typeof useWords>): string {
  if (form.text.trim() === "") {
    return words.form.needsText;
  }
  if (form.text.length > MOST_CHARACTERS && [...form.text].length > MOST_CHARACTERS) {
    return words.form.tooLong;
  }
  if (chosen === 0) {
    return words.form.needsModel;
  }
  return isLimitWrong ? words.form.limitWrong : "";
}
