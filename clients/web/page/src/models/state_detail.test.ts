import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { Model_State, ModelSchema } from "../../generated/chorus/model/v1/model_pb.ts";
import { ko } from "../words/ko/ko.ts";
import { areOneFamily, displayNames } from "./reviewers.ts";
import { absentByReason, detailOf } from "./state_detail.ts";

const away = (name: string, stateDetail: string, some = {}) =>
  create(ModelSchema, { name, stateDetail, state: Model_State.UNAVAILABLE, displayName: name, ...some });

test.each([
  ["set OPENAI_API_KEY", ko.models.set("OPENAI_API_KEY")],
  ["set GEMMA_MODEL to a folder or a repository name of a Gemma model", ko.models.setGemma("GEMMA_MODEL")],
  ["openai refuses OPENAI_API_KEY; set another", ko.models.setAnother("OPENAI_API_KEY")],
  ["its server does not answer", ko.models.silent],
  ["loading failed with OSError; see the log", ko.failures.serverSays("loading failed with OSError; see the log")],
])("%s is said in words", (detail, said) => {
  expect(detailOf(away("a", detail), (name) => name, ko, "ko")).toBe(said);
});

test("of a retired model its end and its successor are told, and no key", () => {
  const some = { retirementDate: "2025-09-24", successor: "b" };
  expect(detailOf(away("a", "retired on 2025-09-24; use b", some), (name) => `the ${name}`, ko, "ko")).toBe(`${ko.models.retired("2025-09-24")}; ${ko.models.successor("the b")}`);
});

test("each reason has the names of its models", () => {
  const ends = { retirementDate: "9999-01-01", successor: "c" };
  const models = [away("a", "set KEY", ends), away("b", "its server does not answer"), away("c", "set KEY")];
  expect(absentByReason(models, displayNames(models, ko), ko, "ko")).toEqual([
    [ko.models.set("KEY"), ["a", "c"]],
    [ko.models.silent, ["b"]],
  ]);
});

test("what reads by rule is named in the page's language, and is no panel alone", () => {
  const rules = ["language", "structure"].map((each) => away(`chorus/proofreader-${each}`, "", { family: "chorus" }));
  expect(displayNames(rules, ko)("chorus/proofreader-language")).toBe("언어 규칙 검토기");
  const chosen = new Set(rules.map(({ name }) => name));
  expect(areOneFamily(rules, chosen)).toBe(true);
  expect(areOneFamily([...rules, away("gpt", "", { family: "gpt" })], new Set([...chosen, "gpt"]))).toBe(false);
});
