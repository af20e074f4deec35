import { Refused } from "../api/requests.ts";
import { Said } from "../common/Said.tsx";
import { useLanguage } from "../words/language.tsx";
import type { Words } from "../words/words.ts";

/** Says why the page's server did not do something; `error` undefined: it did. */
export function Wrong({ error }: { error: unknown }) {
  const { words, language } = useLanguage();
  if (error === undefined) {
    return null;
  }
  return (
    <p role="alert">
      <Said text={whyNot(error, words, language)} />
    </p>
  );
}

export function whyNot(error: unknown, words: Words, language: string): string {
  if (!(error instanceof Refused)) {
    return words.failures.unreachable;
  }
  const known = words.classes.refusals[error.reason as keyof Words["classes"]["refusals"]];
  if (known === undefined) {
    return words.failures.serverSays(error.message);
  }
  // The server's own message, in English, says it more exactly.
  return language === "en" && error.message !== "" ? `${known} (${error.message})` : known;
}
