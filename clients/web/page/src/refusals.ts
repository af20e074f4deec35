import { dollarsAtLeast } from "./amounts.ts";
import { Refused } from "./api/requests.ts";
import type { Language } from "./words/language.tsx";
import type { Words } from "./words/words.ts";

/** What the page's server says of something that it did not do. */
export interface Refusal {
  reason: string;
  message: string;
  /** That of the message. */
  language: string;
  field?: string;
  metadata?: Readonly<Record<string, number>>;
}

/** Says why the page's server did not do something. */
export function whyNot(error: unknown, words: Words, language: Language): string {
  return error instanceof Refused ? refusalSaid(error, words, language) : words.failures.unreachable;
}

/** Words a refusal by its reason; the server's own message is told only where it is in the reader's language. */
export function refusalSaid(refusal: Refusal, words: Words, language: Language): string {
  const { reason, message } = refusal;
  const known: Readonly<Record<string, string | ((value: string) => string)>> = words.refusals;
  const said = Object.hasOwn(known, reason) ? known[reason] : undefined;
  if (said !== undefined) {
    return typeof said === "string" ? said : said(valueOf(refusal, words));
  }
  return refusal.language === language && message !== "" ? message : words.refusals.other(reason);
}

/** What a refusal is about: a line, an amount, or a field by its label. */
function valueOf({ field = "", metadata = {} }: Refusal, words: Words): string {
  if (metadata.line !== undefined) {
    return String(metadata.line);
  }
  if (metadata.least_limit_usd_nanos !== undefined) {
    return dollarsAtLeast(BigInt(metadata.least_limit_usd_nanos));
  }
  const labels: Readonly<Record<string, string>> = {
    title: words.classes.title,
    task: words.classes.task,
    notes: words.classes.notes,
    level: words.form.level,
    text_language: words.form.textLanguage,
    feedback_language: words.form.feedbackLanguage,
    rubric: words.form.rubric,
    models: words.form.models,
    limit_usd_nanos: words.classes.limit,
  };
  return labels[field] ?? field;
}
