import { readDollars } from "../amounts.ts";

// How works are read, as it was chosen last: this browser keeps it, so that nobody ticks it again for each work.

const KEPT_AS = "chorus.choice";
/** Nobody has more models; what is longer was not written here. */
const MOST_MODELS = 200;
const LONGEST = 200;

/** How a work is read, and by whom. */
export interface Choice {
  /** BCP 47; empty: detected. */
  textLanguage: string;
  /** BCP 47; empty: that of the text. */
  feedbackLanguage: string;
  /** A kept rubric's name; empty: the default one. */
  rubricName: string;
  /** Model.name values; undefined: nobody has chosen so far. */
  models?: readonly string[];
  /** In dollars, as it was written. */
  limit: string;
}

export const NO_CHOICE: Choice = { textLanguage: "", feedbackLanguage: "", rubricName: "", limit: "" };

/** Whether somebody has chosen anything. */
export function isChosen({ textLanguage, feedbackLanguage, rubricName, models, limit }: Choice): boolean {
  return models !== undefined || [textLanguage, feedbackLanguage, rubricName, limit].some((each) => each !== "");
}

/** The last choice, as far as it can still be made: a rubric that is deleted is none, nor is what this page would not have kept. */
export function keptChoice(rubrics: readonly string[]): Choice {
  try {
    return readChoice(localStorage.getItem(KEPT_AS) ?? "{}", rubrics);
  } catch {
    return NO_CHOICE;
  }
}

export function keepChoice({ textLanguage, feedbackLanguage, rubricName, models, limit }: Choice): void {
  try {
    localStorage.setItem(KEPT_AS, JSON.stringify({ textLanguage, feedbackLanguage, rubricName, models, limit }));
  } catch {
    // A browser that keeps nothing asks anew each time.
  }
}

/** Reads what was kept. Which of the models are still there is known once they are listed. */
export function readChoice(written: string, rubrics: readonly string[]): Choice {
  let kept: unknown;
  try {
    kept = JSON.parse(written);
  } catch {
    return NO_CHOICE;
  }
  if (typeof kept !== "object" || kept === null) {
    return NO_CHOICE;
  }
  const found: Partial<Record<keyof Choice, unknown>> = kept;
  const oneOf = (value: unknown, among: readonly string[]) => among.find((each) => each === value) ?? "";
  const { limit, models } = found;
  return {
    textLanguage: oneOf(found.textLanguage, ["ko", "en"]),
    feedbackLanguage: oneOf(found.feedbackLanguage, ["ko", "en"]),
    rubricName: oneOf(found.rubricName, rubrics),
    limit: typeof limit === "string" && readDollars(limit) !== undefined ? limit : "",
    ...(areNames(models) && { models }),
  };
}

function areNames(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= MOST_MODELS && value.every((each) => typeof each === "string" && each !== "" && each.length <= LONGEST);
}
