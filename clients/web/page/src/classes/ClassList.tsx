import { useEffect, useState } from "react";
import { MOMENT } from "../amounts.ts";
import { Said } from "../common/Said.tsx";
import { hashOf } from "../route.ts";
import { useLanguage } from "../words/language.tsx";
import type { Words } from "../words/words.ts";
import { type ListedClass, listClasses, type WorkState } from "./class_api.ts";
import { NewClassForm } from "./NewClassForm.tsx";
import { Wrong } from "./Wrong.tsx";

/** The teacher's classes, latest first, and the form for a new one. */
export function ClassList() {
  const { words, language } = useLanguage();
  const [classes, setClasses] = useState<ListedClass[]>();
  const [failure, setFailure] = useState<unknown>();
  useEffect(() => {
    const stop = new AbortController();
    listClasses(stop.signal).then(setClasses, (error: unknown) => !stop.signal.aborted && setFailure(error));
    return () => stop.abort();
  }, []);
  return (
    <>
      <h1>{words.classes.heading}</h1>
      <p className="hint">{words.classes.hint}</p>
      <Wrong error={failure} />
      {classes === undefined && failure === undefined && <p>{words.loading}</p>}
      {classes && (
        <section aria-labelledby="classes-title">
          <h2 id="classes-title">{words.classes.yours}</h2>
          {classes.length === 0 && <p>{words.classes.none}</p>}
          <ul className="plain">
            {classes.map((each) => (
              <li key={each.id} className="row">
                <a href={hashOf({ view: "classes", feedbackId: "", classId: each.id })}>
                  <Said text={each.title} />
                </a>
                <small>{new Date(each.created * 1000).toLocaleString(language, MOMENT)}</small>
                <small>{countsOf(each, words)}</small>
              </li>
            ))}
          </ul>
        </section>
      )}
      {(classes !== undefined || failure !== undefined) && <NewClassForm />}
    </>
  );
}

function countsOf({ states }: ListedClass, words: Words): string {
  const said = (Object.keys(words.classes.states) as WorkState[])
    .filter((each) => states[each])
    .map((each) => `${words.classes.states[each]}: ${states[each]}`);
  return said.length === 0 ? words.classes.noWorks : said.join(", ");
}
