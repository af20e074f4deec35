import { Said } from "../common/Said.tsx";
import { whyNot } from "../refusals.ts";
import { useLanguage } from "../words/language.tsx";

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
