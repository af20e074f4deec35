import { expect, test } from "vitest";
import { sharedPseudonyms } from "./pseudonyms.ts";

test("a pseudonym of two works is told with their names, and one of one work is not", () => {
  const works = [
    { name: "a", pseudonym: "달".normalize("NFD") },
    { name: "b", pseudonym: "별" },
    { name: "c", pseudonym: "달" },
    { name: "d", pseudonym: "" },
    { name: "e", pseudonym: "" },
  ];
  expect(sharedPseudonyms(works)).toEqual([["달", ["a", "c"]]]);
  expect(sharedPseudonyms([])).toEqual([]);
});
