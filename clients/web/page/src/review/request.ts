import { create } from "@bufbuild/protobuf";
import { PanelPolicySchema } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import type { Rubric } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { readDollars } from "../amounts.ts";
import { type Choice, NO_CHOICE } from "../kept/kept_choice.ts";
import type { ReviewRequest } from "./use_review.ts";

/** What a person fills in before a review. */
export interface WorkForm extends Choice {
  title: string;
  text: string;
  fileId: string;
  fileFormat: string;
  /** The text as the file held it: comments go into that file while it is unchanged. */
  fileText: string;
  task: string;
  level: string;
}

export const EMPTY_FORM: WorkForm = {
  ...NO_CHOICE,
  title: "",
  text: "",
  fileId: "",
  fileFormat: "",
  fileText: "",
  task: "",
  level: "",
};

/** The form of the next work: of the last one stays only how works are read, and by whom. */
export function nextForm({ rubricName, textLanguage, feedbackLanguage, models, limit }: Choice): WorkForm {
  return { ...EMPTY_FORM, rubricName, textLanguage, feedbackLanguage, models, limit };
}

/** What is asked of the orchestrator. Every model is named: then no other company's machines read the text. */
export function toRequest(form: WorkForm, models: readonly string[], rubric: Rubric | undefined): ReviewRequest {
  const limit = form.limit.trim() === "" ? undefined : readDollars(form.limit);
  return {
    submission: { text: form.text, task: form.task.trim(), languageCode: form.textLanguage, authorLevel: form.level.trim() },
    rubric,
    models: [...models],
    policy: limit === undefined ? undefined : create(PanelPolicySchema, { maxCostUsdNanos: limit }),
    feedbackLanguageCode: form.feedbackLanguage,
    requestId: newId(),
  };
}

/** Whether the text is still the one of the file. */
export function isOfFile(form: Pick<WorkForm, "fileId" | "fileText" | "text">): boolean {
  return form.fileId !== "" && form.text === form.fileText;
}

function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
}
