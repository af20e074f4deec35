import { Choice, Field } from "../common/Field.tsx";
import type { KeptRubric } from "../rubrics/kept_rubrics.ts";
import { cut } from "../text/code_points.ts";
import { useWords } from "../words/language.tsx";

const MOST_OF_LEVEL = 200;

/** How a work is to be read: for whom, in which languages and by which rubric. */
export interface Reading {
  level: string;
  textLanguage: string;
  feedbackLanguage: string;
  rubricName: string;
}

interface Properties {
  form: Reading;
  rubrics: readonly KeptRubric[];
  /** Rubrics that are kept elsewhere. */
  more?: Readonly<Record<string, string>>;
  onChange: (change: Partial<Reading>) => void;
}

export function ReadingFields({ form, rubrics, more = {}, onChange }: Properties) {
  const words = useWords();
  const languages = { ko: words.form.korean, en: words.form.english };
  return (
    <>
      <Field
        label={words.form.level}
        hint={words.form.levelHint}
        value={form.level}
        onChange={(level) => onChange({ level: cut(level, MOST_OF_LEVEL) })}
      />
      <div className="pair">
        <Choice
          label={words.form.textLanguage}
          value={form.textLanguage}
          options={{ "": words.form.detected, ...languages }}
          onChange={(textLanguage) => onChange({ textLanguage })}
        />
        <Choice
          label={words.form.feedbackLanguage}
          value={form.feedbackLanguage}
          options={{ "": words.form.asText, ...languages }}
          onChange={(feedbackLanguage) => onChange({ feedbackLanguage })}
        />
      </div>
      <Choice
        label={words.form.rubric}
        value={form.rubricName}
        options={{ ...more, "": words.form.defaultRubric, ...Object.fromEntries(rubrics.map(({ name }) => [name, name])) }}
        onChange={(rubricName) => onChange({ rubricName })}
      />
    </>
  );
}
