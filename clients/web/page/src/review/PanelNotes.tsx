import type { GetFeedbackResponse } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { cost } from "../amounts.ts";
import { Said } from "../common/Said.tsx";
import { explain } from "../failures.ts";
import { type Language, useLanguage } from "../words/language.tsx";
import type { Words } from "../words/words.ts";

interface Properties {
  response: GetFeedbackResponse;
  nameOf: (model: string) => string;
}

/** Who answered, what was left out and why, and what it cost. */
export function PanelNotes({ response, nameOf }: Properties) {
  const { words, language } = useLanguage();
  const { merged, results, usage } = response;
  const panel = merged?.panel;
  const failed = results.flatMap(({ model, outcome }) => (outcome.case === "failure" ? [{ model, failure: outcome.value }] : []));
  const rejected = results.flatMap(({ model, outcome }) =>
    outcome.case === "feedback" ? outcome.value.rejected.map((each) => ({ model, ...each })) : [],
  );
  return (
    <section className="panel-notes" aria-labelledby="panel-title">
      <h2 id="panel-title">{words.panel.heading}</h2>
      {panel && <p>{words.panel.states[panel.state]?.(panel.answered, panel.asked, panel.familiesAnswered) ?? ""}</p>}
      {failed.length > 0 && (
        <>
          <h3>{words.panel.missing}</h3>
          <ul>
            {failed.map(({ model, failure }) => (
              <li key={model}>
                <Said text={nameOf(model)} />: <Said text={explain(failure, words, language, nameOf)} />
              </li>
            ))}
          </ul>
        </>
      )}
      {rejected.length > 0 && (
        <details>
          <summary>{words.panel.rejected(rejected.length)}</summary>
          <p className="hint">{words.panel.rejectedHint}</p>
          <ul>
            {rejected.map(({ model, point, reason }, at) => (
              <li key={at}>
                <Said text={nameOf(model)} />: <Said text={point?.observation ?? ""} />
                {point?.anchor && (
                  <>
                    {" "}
                    “<Said text={point.anchor.quote} />”
                  </>
                )}{" "}
                <Said className="hint" text={`(${reasonOf(reason, words, language)})`} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <p>
        <strong>{words.panel.cost}:</strong> {cost(usage, words)}
        {usage && usage.inputTokens + usage.outputTokens > 0 && (
          <small> · {words.panel.tokens(usage.inputTokens.toLocaleString(language), usage.outputTokens.toLocaleString(language))}</small>
        )}
      </p>
      {response.replayed && <p>{words.panel.replayed}</p>}
      {response.storeFailed && <p role="alert">{words.panel.notStored}</p>}
    </section>
  );
}

/** Why a point was left out; what only a newer server says stands in its words. */
function reasonOf(reason: string, words: Words, language: Language): string {
  const known: Readonly<Record<string, string>> = words.panel.rejections;
  return (Object.hasOwn(known, reason) && known[reason]) || (language === "en" ? reason : words.failures.serverSays(reason));
}
