import { create, fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { CriterionSchema, LevelSchema, type Rubric, RubricSchema } from "../../generated/chorus/feedback/v1/submission_pb.ts";

const HEADINGS = ["criterion_id", "criterion", "looked_for", "weight", "score", "level", "level_description"] as const;
/** A rubric is at most 256 KiB; its file may be a little longer. */
export const MOST_FILE_BYTES = 512 * 1024;
// A spreadsheet takes what begins so for a formula.
const FORMULA = /^[=+\-@\t\r]/;
const QUOTED = /["\n\r,]/;

export function toProtoJson(rubric: Rubric): string {
  return `${JSON.stringify(toJson(RubricSchema, rubric), undefined, 2)}\n`;
}

/** One row for each level, with its criterion. A spreadsheet shows each cell as text. */
export function toCsv(rubric: Rubric): string {
  const rows = rubric.criteria.flatMap(({ id, title, description, weight, levels }) =>
    levels.map((level) => [
      safe(id),
      safe(title),
      safe(description),
      weight === undefined ? "" : String(weight),
      String(level.score),
      safe(level.title),
      safe(level.description),
    ]),
  );
  // The mark in front lets spreadsheets read it as UTF-8.
  return `\ufeff${[HEADINGS, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n")}\r\n`;
}

/** A table lacks columns, whose headings these are. */
export class MissingColumns extends Error {
  readonly headings: readonly string[];

  constructor(headings: readonly string[]) {
    super(headings.join(", "));
    this.headings = headings;
  }
}

/** Reads ProtoJSON or CSV, whichever it is. Throws MissingColumns, or an Error that says what is wrong. */
export function readRubric(written: string): Rubric {
  const text = written.replace(/^\ufeff/, "");
  if (text.trimStart().startsWith("{")) {
    return fromJson(RubricSchema, JSON.parse(text) as JsonValue);
  }
  return fromCsv(text);
}

function fromCsv(text: string): Rubric {
  const [headings, ...rows] = readCsv(text);
  const at = HEADINGS.map((each) => headings?.indexOf(each) ?? -1);
  const missing = HEADINGS.filter((_, place) => at[place] === -1);
  if (missing.length > 0) {
    throw new MissingColumns(missing);
  }
  const rubric = create(RubricSchema);
  for (const row of rows.filter((each) => each.some((cell) => cell !== ""))) {
    const [id, title, description, weight, score, level, levelDescription] = at.map((place) => unsafe(row[place] ?? "")) as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    let criterion = rubric.criteria.find((each) => each.id === id);
    if (criterion === undefined) {
      criterion = create(CriterionSchema, { id, title, description, weight: weight === "" ? undefined : Number(weight) });
      rubric.criteria.push(criterion);
    }
    criterion.levels.push(create(LevelSchema, { score: Number(score), title: level, description: levelDescription }));
  }
  return rubric;
}

function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  // A cell, quoted or not, and what ends it.
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (found === null) {
      throw new Error(`CSV, ${rows.length + 1}`);
    }
    row.push(found[1] === undefined ? (found[2] ?? "") : found[1].replaceAll('""', '"'));
    if (found[3] !== ",") {
      rows.push(row);
      row = [];
    }
  }
  return row.length > 0 ? [...rows, row] : rows;
}

function safe(cell: string): string {
  return FORMULA.test(cell) ? `'${cell}` : cell;
}

function unsafe(cell: string): string {
  return cell.startsWith("'") && FORMULA.test(cell.slice(1)) ? cell.slice(1) : cell;
}

function quoted(cell: string): string {
  return QUOTED.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
