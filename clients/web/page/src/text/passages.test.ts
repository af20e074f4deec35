import { expect, test } from "vitest";
import { paragraphs } from "./passages.ts";

const whole = (text: string, passages: Parameters<typeof paragraphs>[1]) =>
  paragraphs(text, passages).map((each) => each.segments.map((segment) => [segment.text, segment.ids.join()]));

test("lines are split where passages begin and end, and passages may overlap", () => {
  const passages = [
    { id: "1", start: 0, end: 5 },
    { id: "2", start: 3, end: 8 },
  ];
  expect(whole("abcdefghij", passages)).toEqual([
    [
      ["abc", "1"],
      ["de", "1,2"],
      ["fgh", "2"],
      ["ij", ""],
    ],
  ]);
});

test("a passage over two lines is marked in both and opens once", () => {
  const lines = paragraphs("one\n\ntwo", [{ id: "1", start: 1, end: 7 }]);
  expect(lines.map((each) => each.segments.map((segment) => segment.ids.length))).toEqual([[0, 1], [], [1, 0]]);
  expect(lines.flatMap((each) => each.segments.flatMap((segment) => segment.opening))).toEqual(["1"]);
});

test("no letter of a reader's is split", () => {
  // A code point in the middle of the family.
  expect(whole("a👩‍👩‍👧b", [{ id: "1", start: 4, end: 6 }])).toEqual([
    [
      ["a", ""],
      ["👩‍👩‍👧", "1"],
      ["b", ""],
    ],
  ]);
  expect(whole("\u1112\u1161\u11ab글", [{ id: "1", start: 1, end: 2 }])[0]?.[0]).toEqual(["\u1112\u1161\u11ab", "1"]);
});

test("the text comes back whole, whatever the passages", () => {
  const text = "A garden 🌱 for\r\nour school.\n\n끝";
  for (let start = 0; start < text.length; start++) {
    const lines = paragraphs(text, [{ id: "1", start, end: start + 7 }, { id: "2", start: 2, end: text.length }]);
    expect(lines.map((each) => each.segments.map((segment) => segment.text).join("")).join("\n")).toBe(text.replace("\r", ""));
    for (const segment of lines.flatMap((each) => each.segments)) {
      expect(text.slice(segment.start, segment.start + segment.text.length)).toBe(segment.text);
    }
  }
});

test("a long text with many passages is split where they are, and nowhere else", () => {
  const text = `${"가나다라 ".repeat(100)}\n`.repeat(200);
  const passages = Array.from({ length: 200 }, (_, at) => ({ id: String(at), start: at * 501 + 5, end: at * 501 + 45 }));
  const lines = paragraphs(text, passages);
  expect(lines).toHaveLength(201);
  expect(lines.flatMap((each) => each.segments)).toHaveLength(600);
});
