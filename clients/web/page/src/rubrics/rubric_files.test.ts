import { equals } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { RubricSchema } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import { CATALOGUE } from "../words/language.tsx";
import { defaultRubric } from "./default_rubrics.ts";
import { MissingColumns, readRubric, toCsv, toProtoJson } from "./rubric_files.ts";
import { rubricFaults } from "./rubric_faults.ts";

test.each(["en", "ko"] as const)("the default rubric in %s goes out and comes back, in both forms, without a fault", (language) => {
  const rubric = defaultRubric(language);
  expect(rubricFaults(rubric, CATALOGUE[language])).toEqual([]);
  for (const written of [toProtoJson(rubric), toCsv(rubric)]) {
    expect(equals(RubricSchema, readRubric(written), rubric)).toBe(true);
  }
});

test("a spreadsheet takes no cell for a formula, and the words come back", () => {
  const rubric = defaultRubric("en");
  const [first] = rubric.criteria;
  if (first) {
    first.title = '=cmd|"/c calc"!A1, or\nso';
  }
  const written = toCsv(rubric);
  expect(written).toContain(`"'=cmd|""/c calc""!A1, or\nso"`);
  expect(readRubric(written).criteria[0]?.title).toBe(first?.title);
});

test.each([["{"], ["a,b\n1,2"], ['criterion_id,"x'], ['{"criteria": 3}']])("what is no rubric is refused: %s", (written) => {
  expect(() => readRubric(written)).toThrow();
});

test("a table without some columns is told which", () => {
  const [headings, ...rows] = toCsv(defaultRubric("en")).split("\r\n");
  const written = [headings?.replace("weight", "Max"), ...rows].join("\r\n");
  expect(() => readRubric(written)).toThrow(new MissingColumns(["weight"]));
});

test("every fault of a rubric is named", () => {
  const rubric = defaultRubric("en");
  const [one, two, three] = rubric.criteria;
  if (one && two && three) {
    one.id = "";
    two.id = three.id;
    two.levels.length = 1;
    three.levels.reverse();
  }
  expect(rubricFaults(rubric, CATALOGUE.en)).toHaveLength(4);
});
