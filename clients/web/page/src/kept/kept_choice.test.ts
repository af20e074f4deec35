import { expect, test } from "vitest";
import { isChosen, NO_CHOICE, readChoice } from "./kept_choice.ts";

const CHOICE = { textLanguage: "ko", feedbackLanguage: "en", rubricName: "Ours", models: ["a/1", "b/2"], limit: "0.25" };

test("what was chosen comes back", () => {
  expect(readChoice(JSON.stringify(CHOICE), ["Ours"])).toEqual(CHOICE);
  expect(isChosen(CHOICE)).toBe(true);
  // That nobody is to read is a choice, too.
  expect(readChoice('{"models": []}', []).models).toEqual([]);
});

test("a rubric that is deleted is not chosen any more", () => {
  expect(readChoice(JSON.stringify(CHOICE), ["Another"]).rubricName).toBe("");
});

test.each(["", "{", "null", "[]", '"x"', '{"models": "a/1", "limit": 5, "rubricName": {}}', '{"models": [""], "limit": "much", "textLanguage": "xx"}'])(
  "what this page would not have kept is no choice: %s",
  (written) => {
    expect(readChoice(written, ["Ours"])).toEqual(NO_CHOICE);
    expect(isChosen(readChoice(written, []))).toBe(false);
  },
);
