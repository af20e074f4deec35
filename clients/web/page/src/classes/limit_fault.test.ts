import { expect, test } from "vitest";
import { en } from "../words/en/en.ts";
import { limitFault } from "./limit_fault.ts";

test.each([
  ["", ""],
  ["much", en.form.limitWrong],
  ["0", en.refusals.LIMIT_TOO_LOW("$0.031")],
  ["0.03", en.refusals.LIMIT_TOO_LOW("$0.031")],
  ["0.031", ""],
])("a limit of %s where a review may cost three cents", (written, fault) => {
  expect(limitFault(written, 30_200_000n, en)).toBe(fault);
});
