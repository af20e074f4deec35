import { expect, test } from "vitest";
import { CodePointIndex, cut } from "./code_points.ts";

const FAMILY = "👩‍👩‍👧";

test.each([
  ["plain", "abc", 1, 1],
  ["after an emoji", "🌱b", 1, 2],
  ["within a family of emoji", `${FAMILY}!`, 5, 8],
  ["Hangul in one block", "한글", 1, 1],
  ["Hangul in letters", "\u1112\u1161\u11ab글", 3, 3],
  ["beyond the end", "🌱", 9, 2],
])("a code point is found: %s", (_, text, codePoint, unit) => {
  expect(new CodePointIndex(text).toUnits(codePoint)).toBe(unit);
});

test("units and code points go both ways at every place", () => {
  const text = `a🌱한${FAMILY}b`;
  const index = new CodePointIndex(text);
  const points = [...text];
  for (let at = 0; at <= points.length; at++) {
    const unit = points.slice(0, at).join("").length;
    expect(index.toUnits(at)).toBe(unit);
    expect(index.toCodePoint(unit)).toBe(at);
  }
});

test("an anchor of another text is not found", () => {
  const index = new CodePointIndex("🌱 a garden");
  expect(index.find({ start: 2, end: 3, quote: "a" })).toEqual({ start: 3, end: 4 });
  expect(index.find({ start: 2, end: 3, quote: "b" })).toBeUndefined();
});

test("a text is cut between code points", () => {
  expect(cut("🌱🌱🌱", 2)).toBe("🌱🌱");
  expect(cut("ab", 2)).toBe("ab");
});
