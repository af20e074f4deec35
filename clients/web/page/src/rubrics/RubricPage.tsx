import { create } from "@bufbuild/protobuf";
import { useState } from "react";
import { type Rubric, RubricSchema } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { FileChooser } from "../common/FileChooser.tsx";
import { Said } from "../common/Said.tsx";
import { useWords } from "../words/language.tsx";
import { defaultRubric } from "./default_rubrics.ts";
import { forgetRubric, keepRubric, keptRubrics } from "./kept_rubrics.ts";
import { RubricEditor } from "./RubricEditor.tsx";
import { MissingColumns, MOST_FILE_BYTES, readRubric } from "./rubric_files.ts";

/** The rubrics that are kept in this browser, and the editor of one. */
export default function RubricPage() {
  const words = useWords();
  const [kept, setKept] = useState(keptRubrics);
  const [edited, setEdited] = useState<{ name: string; rubric: Rubric; turn: number }>();
  const [wrong, setWrong] = useState("");
  const edit = (name: string, rubric: Rubric) => {
    setWrong("");
    setEdited((now) => ({ name, rubric, turn: (now?.turn ?? 0) + 1 }));
  };

  const take = async (file: File | undefined) => {
    if (file === undefined) {
      return;
    }
    if (file.size > MOST_FILE_BYTES) {
      setWrong(words.rubrics.fileTooLarge);
      return;
    }
    try {
      edit(file.name.replace(/\.(json|csv)$/i, ""), readRubric(await file.text()));
    } catch (error) {
      setWrong(error instanceof MissingColumns ? words.rubrics.columnsMissing(error.headings) : words.rubrics.fileBroken);
    }
  };

  return (
    <>
      <h1>{words.rubrics.heading}</h1>
      <p className="hint">{words.rubrics.hint}</p>
      <div className="row">
        <button type="button" onClick={() => edit(words.rubrics.nameDefault, defaultRubric("ko"))}>
          {words.rubrics.fromDefault(words.form.korean)}
        </button>
        <button type="button" onClick={() => edit(words.rubrics.nameDefault, defaultRubric("en"))}>
          {words.rubrics.fromDefault(words.form.english)}
        </button>
        <button type="button" onClick={() => edit(words.rubrics.nameDefault, create(RubricSchema))}>
          {words.rubrics.fromNothing}
        </button>
        <FileChooser label={words.rubrics.import} accept=".json,.csv" onChoose={(files) => void take(files[0])} />
      </div>
      {wrong !== "" && (
        <p role="alert">
          <Said text={wrong} />
        </p>
      )}
      <section aria-labelledby="kept-title">
        <h2 id="kept-title">{words.rubrics.yours}</h2>
        {kept.length === 0 && <p>{words.rubrics.none}</p>}
        <ul className="plain">
          {kept.map(({ name, rubric }) => (
            <li key={name} className="row">
              <Said text={name} />
              <button type="button" onClick={() => edit(name, rubric)}>
                {words.rubrics.edit}
                <span className="unseen">
                  : <Said text={name} />
                </span>
              </button>
              <button
                type="button"
                className="quiet"
                onClick={() => {
                  forgetRubric(name);
                  setKept(keptRubrics());
                }}
              >
                {words.remove}
                <span className="unseen">
                  : <Said text={name} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      </section>
      {edited && (
        <RubricEditor
          key={edited.turn}
          name={edited.name}
          rubric={edited.rubric}
          onSave={(name, rubric) => {
            keepRubric({ name, rubric });
            setKept(keptRubrics());
          }}
        />
      )}
    </>
  );
}
