import { useState } from "react";
import { Said } from "../common/Said.tsx";
import { refusalSaid } from "../refusals.ts";
import { useLanguage } from "../words/language.tsx";
import { dismissMissing, type ShownClass } from "./class_api.ts";
import { Wrong } from "./Wrong.tsx";

/** The files that were not taken and those that only the roster names, until they are there or are dismissed. */
export function MissingFiles({ shown, onChange }: { shown: ShownClass; onChange: () => void }) {
  const { words, language } = useLanguage();
  const [refusal, setRefusal] = useState<unknown>();
  const { missing } = shown;
  if (missing.length === 0) {
    return null;
  }
  const dismiss = async (missingId?: string) => {
    setRefusal(undefined);
    try {
      await dismissMissing(shown.id, missingId);
    } catch (error) {
      setRefusal(error);
    }
    onChange();
  };
  return (
    <section className="missing-files" aria-labelledby="missing-title">
      <div className="row">
        <h3 id="missing-title">{words.classes.missing(missing.length)}</h3>
        {missing.length > 1 && (
          <button type="button" className="quiet" onClick={() => void dismiss()}>
            {words.classes.dismissAll}
          </button>
        )}
      </div>
      <ul className="named plain">
        {missing.map((each) => (
          <li key={each.id} className="row">
            <span>
              <Said text={each.name} />: <Said text={refusalSaid(each, words, language)} />
            </span>
            <button type="button" className="quiet" onClick={() => void dismiss(each.id)}>
              {words.classes.dismiss}
              <span className="unseen">
                : <Said text={each.name} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      <Wrong error={refusal} />
    </section>
  );
}
