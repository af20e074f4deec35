import { expect, test } from "vitest";
import { dollars, dollarsAtLeast, readDollars, score } from "./amounts.ts";

test.each([
  [1_500_000_000n, "$1.50"],
  [4_200_000n, "$0.0042"],
  [31_000n, "$0.000031"],
  [0n, "$0.00"],
])("%s nanos are %s", (nanos, written) => {
  expect(dollars(nanos)).toBe(written);
});

test.each([
  [30_200_000n, "$0.031"],
  [1_501_000_001n, "$1.51"],
  [200n, "$0.00000020"],
])("at least %s nanos are %s", (nanos, written) => {
  expect(dollarsAtLeast(nanos)).toBe(written);
  expect(readDollars(written) ?? 0n).toBeGreaterThanOrEqual(nanos);
});

test.each([
  ["0.25", 250_000_000n],
  ["$ 1,5", 1_500_000_000n],
  ["2", 2_000_000_000n],
  ["-1", undefined],
  ["1e3", undefined],
  ["many", undefined],
])("%s is read", (written, nanos) => {
  expect(readDollars(written)).toBe(nanos);
});

test("scores have one decimal at most", () => {
  expect([4, 2.349, 1 / 3].map(score)).toEqual(["4", "2.3", "0.3"]);
});
