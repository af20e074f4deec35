import { useState } from "react";
import type { GetFeedbackResponse } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { keepUntilExpiry } from "../kept/keep_until_expiry.ts";
import { CodePointIndex } from "../text/code_points.ts";
import { useWords } from "../words/language.tsx";
import { EMPTY_FORM, isOfFile, type WorkForm } from "./request.ts";
import { WorkInput } from "./WorkInput.tsx";

interface Properties {
  response: GetFeedbackResponse;
  onText: (work: Pick<WorkForm, "title" | "text" | "fileId" | "fileFormat">) => void;
}

/** Asks for the text of a feedback that was opened on another machine, and checks that it is the one. */
export function MissingText({ response, onText }: Properties) {
  const words = useWords();
  const [form, setForm] = useState(EMPTY_FORM);
  const [isOther, setIsOther] = useState(false);
  const show = () => {
    const index = new CodePointIndex(form.text);
    const anchors = response.merged?.points.flatMap(({ members }) => members.flatMap(({ point }) => point?.anchor ?? [])) ?? [];
    if (form.text === "" || !anchors.every((each) => index.find(each))) {
      setIsOther(true);
      return;
    }
    const isWhole = isOfFile(form);
    const work = { title: form.title, text: form.text, fileId: isWhole ? form.fileId : "", fileFormat: isWhole ? form.fileFormat : "" };
    void keepUntilExpiry({ ...work, feedbackId: response.feedbackId });
    onText(work);
  };
  return (
    <section className="missing-text" aria-label={words.text.heading}>
      <p>{words.text.notHere}</p>
      <WorkInput form={form} onChange={(some) => setForm((now) => ({ ...now, ...some }))} />
      <button type="button" className="primary" onClick={show}>
        {words.text.show}
      </button>
      {isOther && <p role="alert">{words.text.other}</p>}
    </section>
  );
}
