import { expect, test } from "vitest";
import { hashOf, readRoute } from "./route.ts";
import { preferred } from "./words/language.tsx";

test.each([
  ["", { view: "review", feedbackId: "" }],
  ["#/models", { view: "models", feedbackId: "" }],
  ["#/review/a%2Fb", { view: "review", feedbackId: "a/b" }],
  ["#/review/%", { view: "review", feedbackId: "" }],
  ["#/<script>", { view: "review", feedbackId: "" }],
] as const)("%s is read", (hash, route) => {
  expect(readRoute(hash)).toEqual(route);
});

test("a route is written as it is read", () => {
  const route = { view: "review", feedbackId: "f 1/2" } as const;
  expect(readRoute(hashOf(route))).toEqual(route);
});

test.each([
  [["ko-KR", "en"], "ko"],
  [["fr", "ko"], "ko"],
  [["en-GB", "ko"], "en"],
  [[], "en"],
] as const)("%s prefers %s", (wanted, language) => {
  expect(preferred(wanted)).toBe(language);
});
