import { useEffect, useState } from "react";
import { Said } from "../common/Said.tsx";
import { forgetWork, type KeptWork, keptWorks } from "../kept/kept_works.ts";
import { hashOf } from "../route.ts";
import { useLanguage } from "../words/language.tsx";

/** The works whose texts this browser keeps, latest first. */
export function RecentWorks() {
  const { words, language } = useLanguage();
  const [works, setWorks] = useState<readonly KeptWork[]>([]);
  useEffect(() => {
    void keptWorks().then(setWorks);
  }, []);
  const forget = async (feedbackId: string) => {
    await forgetWork(feedbackId);
    setWorks(await keptWorks());
  };
  if (works.length === 0) {
    return null;
  }
  return (
    <section aria-labelledby="recent-title">
      <h2 id="recent-title">{words.recent.heading}</h2>
      <p className="hint">{words.recent.hint}</p>
      <ul className="plain recent">
        {works.map((each) => (
          <li key={each.feedbackId} className="row">
            <a href={hashOf({ view: "review", feedbackId: each.feedbackId })}>
              <Said text={each.title || words.recent.untitled} />
            </a>
            <small>{new Date(each.reviewed).toLocaleString(language)}</small>
            <button type="button" className="quiet" onClick={() => void forget(each.feedbackId)}>
              {words.recent.forget}
              <span className="unseen">
                : <Said text={each.title} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
