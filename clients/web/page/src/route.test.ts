import { expect, test } from "vitest";
import { hashOf, readRoute } from "./route.ts";
import { preferred } from "./words/language.tsx";

test.each([
  ["", { view: "review", feedbackId: "" }],
  ["#/models", { view: "models", feedbackId: "" }],
  ["#/review/a%2Fb", { view: "review", feedbackId: "a/b" }],
  ["#/review/%", { view: "review", feedbackId: "" }],
  ["#/classes", { view: "classes", feedbackId: "" }],
  ["#/classes/c1", { view: "classes", feedbackId: "", classId: "c1" }],
  ["#/classes/c1/w%2F1", { view: "classes", feedbackId: "", classId: "c1", workId: "w/1" }],
  ["#/<script>", { view: "review", feedbackId: "" }],
] as const)("%s is read", (hash, route) => {
  expect(readRoute(hash)).toEqual(route);
});

test("a route is written as it is read", () => {
  const route = { view: "review", feedbackId: "f 1/2" } as const;
  expect(readRoute(hashOf(route))).toEqual(route);
  const work = { view: "classes", feedbackId: "", classId: "c/1", workId: "w 1" } as const;
  expect(readRoute(hashOf(work))).toEqual(work);
});

test.each([
  [["ko-KR", "en"], "ko"],
  [["fr", "ko"], "ko"],
  [["en-GB", "ko"], "en"],
  [[], "en"],
] as const)("%s prefers %s", (wanted, language) => {
  expect(preferred(wanted)).toBe(language);
});
