import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { type Rubric, RubricSchema } from "../../generated/chorus/feedback/v1/submission_pb.ts";

const KEPT_AS = "chorus.rubrics";

export interface KeptRubric {
  name: string;
  rubric: Rubric;
}

/** The rubrics that are kept in this browser; one that cannot be read any more is passed over. */
export function keptRubrics(): KeptRubric[] {
  try {
    const all = JSON.parse(localStorage.getItem(KEPT_AS) ?? "[]") as { name: string; rubric: JsonValue }[];
    return all.flatMap(({ name, rubric }) => {
      try {
        return [{ name: String(name), rubric: fromJson(RubricSchema, rubric, { ignoreUnknownFields: true }) }];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** Keeps a rubric under its name, in the place of one that had it. */
export function keepRubric(kept: KeptRubric): void {
  write([...keptRubrics().filter((each) => each.name !== kept.name), kept]);
}

export function forgetRubric(name: string): void {
  write(keptRubrics().filter((each) => each.name !== name));
}

function write(all: readonly KeptRubric[]): void {
  const written = all.map(({ name, rubric }) => ({ name, rubric: toJson(RubricSchema, rubric) }));
  localStorage.setItem(KEPT_AS, JSON.stringify(written));
}
