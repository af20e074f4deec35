import type { CallFailure } from "../api/call_failure.ts";
import { explain, explainCall } from "../failures.ts";
import { useLanguage } from "../words/language.tsx";
import { Said } from "./Said.tsx";

interface Properties {
  failure: CallFailure;
  title?: string;
  again?: string;
  onAgain?: () => void;
  /** What a model is called; unset: no failure here is one of a model's. */
  nameOf?: (model: string) => string;
}

/** Says why a call failed, by model where the failure says so, and offers to try again. */
export function Failed({ failure, title = "", again, onAgain, nameOf = (model) => model }: Properties) {
  const { words, language } = useLanguage();
  return (
    <div className="failed" role="alert">
      <p>
        {title !== "" && <strong>{title} </strong>}
        <Said text={explainCall(failure, words, language, nameOf)} />
      </p>
      {failure.models.length > 0 && (
        <>
          <p>{words.failures.eachModel}</p>
          <ul>
            {failure.models.map((each, at) => (
              <li key={at}>
                <Said text={nameOf(each.metadata.model ?? "")} />: <Said text={explain(each, words, language, nameOf)} />
              </li>
            ))}
          </ul>
        </>
      )}
      {onAgain && (
        <button type="button" onClick={onAgain}>
          {again ?? words.tryAgain}
        </button>
      )}
    </div>
  );
}
