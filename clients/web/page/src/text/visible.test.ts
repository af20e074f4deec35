import { expect, test } from "vitest";
import { stretches, visible } from "./visible.ts";

test.each([
  ["a right-to-left override", "a\u202eb", "a[U+202E]b"],
  ["a control character", "a\u0007b", "a[U+0007]b"],
  ["an isolate", "\u2066a", "[U+2066]a"],
  ["a tag, which takes two units", "a\u{e0041}", "a[U+E0041]"],
  ["a zero-width space", "a\u200bb", "a[U+200B]b"],
  ["lines and tabs", "a\n\tb", "a\n\tb"],
  ["a joined emoji", "👩‍🌾", "👩‍🌾"],
  ["markup", "<script>alert(1)</script>", "<script>alert(1)</script>"],
])("what is not seen is shown: %s", (_, text, shown) => {
  expect(visible(text)).toBe(shown);
});

test("the stretches stand for the whole text", () => {
  const text = "a\u202eb\u{e0041}c";
  expect(stretches(text).reduce((units, each) => units + each.units, 0)).toBe(text.length);
});
