/** A passage of the text that something is said about, in UTF-16 units. */
export interface Passage {
  id: string;
  start: number;
  end: number;
}

/** A piece of a paragraph throughout which the same passages are marked. */
export interface Segment {
  text: string;
  start: number;
  ids: readonly string[];
  /** Those of them that begin with it. */
  opening: readonly string[];
}

/** A line of the text, up to its end. */
export interface Paragraph {
  start: number;
  text: string;
  segments: readonly Segment[];
  /** Equal keys of paragraphs with equal text mean equal segments. */
  key: string;
}

const NO_IDS: readonly string[] = [];
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Splits a text into its lines, each line where passages begin and end, and no letter of a reader's in two. */
export function paragraphs(text: string, passages: readonly Passage[]): Paragraph[] {
  const inOrder = passages.filter((each) => each.end > each.start).sort((a, b) => a.start - b.start || b.end - a.end);
  const opened = new Set<string>();
  const found: Paragraph[] = [];
  let next = 0;
  let reaching: Passage[] = [];
  let start = 0;
  while (start <= text.length) {
    const lineEnd = text.indexOf("\n", start);
    const end = lineEnd < 0 ? text.length : lineEnd;
    while (next < inOrder.length && (inOrder[next] as Passage).start < end) {
      reaching.push(inOrder[next++] as Passage);
    }
    const here = reaching.filter((each) => each.end > start);
    found.push(paragraph(text.slice(start, end).replace(/\r$/, ""), start, here, opened));
    reaching = here.filter((each) => each.end > end);
    if (lineEnd < 0) {
      break;
    }
    start = lineEnd + 1;
  }
  return found;
}

function paragraph(line: string, start: number, passages: readonly Passage[], opened: Set<string>): Paragraph {
  if (passages.length === 0 || line === "") {
    const segments = line === "" ? [] : [{ text: line, start, ids: NO_IDS, opening: NO_IDS }];
    return { start, text: line, segments, key: "" };
  }
  const letters = graphemes.segment(line);
  const fitted = passages.map(({ id, start: from, end: to }) => ({
    id,
    start: letterStart(letters, line, Math.max(0, from - start)),
    end: letterEnd(letters, line, Math.min(line.length, to - start)),
  }));
  const cuts = [...new Set([0, line.length, ...fitted.flatMap((each) => [each.start, each.end])])].sort((a, b) => a - b);
  const segments: Segment[] = [];
  for (let at = 0; at + 1 < cuts.length; at++) {
    const from = cuts[at] as number;
    const to = cuts[at + 1] as number;
    const covering = fitted.filter((each) => each.start <= from && each.end >= to);
    const opening = covering.filter((each) => !opened.has(each.id)).map((each) => each.id);
    for (const id of opening) {
      opened.add(id);
    }
    segments.push({ text: line.slice(from, to), start: start + from, ids: covering.map((each) => each.id), opening });
  }
  const key = segments.map((each) => `${each.start}:${each.ids.join(",")}:${each.opening.join(",")}`).join(";");
  return { start, text: line, segments, key };
}

function letterStart(letters: Intl.Segments, line: string, unit: number): number {
  return unit >= line.length ? line.length : (letters.containing(unit)?.index ?? unit);
}

function letterEnd(letters: Intl.Segments, line: string, unit: number): number {
  const letter = unit >= line.length ? undefined : letters.containing(unit);
  return letter === undefined || letter.index === unit ? unit : letter.index + letter.segment.length;
}
