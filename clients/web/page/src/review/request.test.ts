import { expect, test } from "vitest";
import { EMPTY_FORM, nextForm, toRequest, type WorkForm } from "./request.ts";

const FULL: WorkForm = {
  title: "A garden",
  text: "A text.",
  fileId: "file",
  fileFormat: "docx",
  fileText: "A text.",
  task: "Why?",
  level: "grade 8",
  textLanguage: "en",
  feedbackLanguage: "ko",
  rubricName: "Mine",
  models: ["a/1"],
  limit: "0.25",
};

test("of one work the next has its rubric, languages, models and limit, and nothing of the work itself", () => {
  const { textLanguage, feedbackLanguage, rubricName, models, limit } = FULL;
  expect(nextForm(FULL)).toEqual({ ...EMPTY_FORM, textLanguage, feedbackLanguage, rubricName, models, limit });
  expect(toRequest(nextForm(FULL), ["a/1"], undefined).submission).toMatchObject({ text: "", task: "", authorLevel: "" });
});
