import { create } from "@bufbuild/protobuf";
import { PanelPolicySchema } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import type { Rubric } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { readDollars } from "../amounts.ts";
import type { ReviewRequest } from "./use_review.ts";

/** What a person fills in before a review. */
export interface WorkForm {
  title: string;
  text: string;
  fileId: string;
  fileFormat: string;
  /** The text as the file held it: comments go into that file while it is unchanged. */
  fileText: string;
  task: string;
  level: string;
  /** BCP 47; empty: detected. */
  textLanguage: string;
  /** BCP 47; empty: that of the text. */
  feedbackLanguage: string;
  /** A kept rubric's name; empty: the default one. */
  rubricName: string;
  /** Model.name values; undefined: nobody has chosen so far. */
  models?: readonly string[];
  /** In dollars, as it was written. */
  limit: string;
}

export const EMPTY_FORM: WorkForm = {
  title: "",
  text: "",
  fileId: "",
  fileFormat: "",
  fileText: "",
  task: "",
  level: "",
  textLanguage: "",
  feedbackLanguage: "",
  rubricName: "",
  limit: "",
};

/** The form of the next work: of the last one stays only how works are read, and by whom. */
export function nextForm({ rubricName, textLanguage, feedbackLanguage, models, limit }: WorkForm): WorkForm {
  return { ...EMPTY_FORM, rubricName, textLanguage, feedbackLanguage, models, limit };
}

/** Whether anything stays for the next work that somebody has chosen. */
export function hasPreference({ rubricName, textLanguage, feedbackLanguage, models, limit }: WorkForm): boolean {
  return models !== undefined || [rubricName, textLanguage, feedbackLanguage, limit].some((each) => each !== "");
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
