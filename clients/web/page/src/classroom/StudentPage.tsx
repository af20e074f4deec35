import { type FormEvent, useState } from "react";
import type { SimulateStudentResponse } from "../../generated/chorus/classroom/v1/classroom_service_pb.ts";
import { Capability } from "../../generated/chorus/model/v1/model_pb.ts";
import { cost } from "../amounts.ts";
import { type CallFailure, callFailure } from "../api/call_failure.ts";
import { classroomService, REVIEW_TIMEOUT_MS } from "../api/services.ts";
import { Failed } from "../common/Failed.tsx";
import { Choice, Field } from "../common/Field.tsx";
import { Said } from "../common/Said.tsx";
import { displayNames } from "../models/reviewers.ts";
import { useModels } from "../models/use_models.ts";
import { goTo } from "../route.ts";
import { useWords } from "../words/language.tsx";
import { MakerChoice } from "./MakerChoice.tsx";
import { makerOf, makersOf } from "./makers.ts";

/** A text by a simulated student, always labelled so. */
export default function StudentPage({ onReview }: { onReview: (text: string) => void }) {
  const words = useWords();
  const { models: listed, failure: unlisted, refresh } = useModels();
  const nameOf = displayNames(listed?.models ?? [], words);
  const [task, setTask] = useState("");
  const [level, setLevel] = useState("");
  const [languageCode, setLanguageCode] = useState("");
  const [firstLanguage, setFirstLanguage] = useState("");
  const [mastered, setMastered] = useState("");
  const [misconceptions, setMisconceptions] = useState("");
  const [chosen, setChosen] = useState("");
  const [isWriting, setIsWriting] = useState(false);
  const [written, setWritten] = useState<SimulateStudentResponse>();
  const [failure, setFailure] = useState<CallFailure>();
  const makers = makersOf(listed, Capability.TEXT);
  const model = makerOf(makers, chosen);

  const write = async (event: FormEvent) => {
    event.preventDefault();
    setIsWriting(true);
    setFailure(undefined);
    const profile = {
      languageCode,
      firstLanguageCode: firstLanguage.trim(),
      level,
      mastered: lines(mastered),
      misconceptions: lines(misconceptions),
    };
    try {
      setWritten(await classroomService.simulateStudent({ model, task, profile }, { timeoutMs: REVIEW_TIMEOUT_MS }));
    } catch (error) {
      setFailure(callFailure(error));
    } finally {
      setIsWriting(false);
    }
  };

  return (
    <>
      <h1>{words.student.heading}</h1>
      <p className="hint">{words.student.hint}</p>
      <form className="narrow" onSubmit={(event) => void write(event)}>
        <Field label={words.student.task} lines={3} value={task} onChange={setTask} />
        <div className="pair">
          <Field label={words.student.level} hint={words.form.levelHint} value={level} onChange={setLevel} />
          <Choice
            label={words.student.textLanguage}
            value={languageCode}
            options={{ "": words.student.asTask, ko: words.form.korean, en: words.form.english }}
            onChange={setLanguageCode}
          />
        </div>
        <Field label={words.student.firstLanguage} hint="ko, en, vi, zh …" value={firstLanguage} onChange={setFirstLanguage} />
        <Field label={words.student.mastered} lines={2} value={mastered} onChange={setMastered} />
        <Field label={words.student.misconceptions} lines={2} value={misconceptions} onChange={setMisconceptions} />
        {makers.length > 0 && <MakerChoice makers={makers} chosen={model} nameOf={nameOf} onChoose={setChosen} />}
        {listed && makers.length === 0 && <p className="note">{words.student.noModel}</p>}
        {unlisted && <Failed failure={unlisted} title={words.form.modelsFailed} onAgain={refresh} />}
        {(listed || unlisted) && (
          <button type="submit" className="primary" disabled={isWriting || model === "" || task.trim() === ""}>
            {isWriting ? words.student.writing : words.student.write}
          </button>
        )}
      </form>
      {failure && <Failed failure={failure} />}
      <div role="status">
        {written && (
          <section className="simulated" aria-label={words.student.label}>
            <p className="badge simulated-label">{words.student.label}</p>
            <p className="hint">
              <Said text={words.student.by(nameOf(written.model))} /> · {words.panel.cost}: {cost(written.usage, words)}
            </p>
            <pre>
              <Said text={written.text} />
            </pre>
            <button
              type="button"
              onClick={() => {
                onReview(written.text.toWellFormed());
                goTo({ view: "review", feedbackId: "" });
              }}
            >
              {words.student.review}
            </button>
          </section>
        )}
      </div>
    </>
  );
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}
