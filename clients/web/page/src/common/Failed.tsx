import type { CallFailure } from "../api/call_failure.ts";
import { explain, explainCall } from "../failures.ts";
import { useLanguage } from "../words/language.tsx";
import { Said } from "./Said.tsx";

interface Properties {
  failure: CallFailure;
  title?: string;
  again?: string;
  onAgain?: () => void;
}

/** Says why a call failed, by model where the failure says so, and offers to try again. */
export function Failed({ failure, title = "", again, onAgain }: Properties) {
  const { words, language } = useLanguage();
  return (
    <div className="failed" role="alert">
      <p>
        {title !== "" && <strong>{title} </strong>}
        <Said text={explainCall(failure, words, language)} />
      </p>
      {failure.models.length > 0 && (
        <>
          <p>{words.failures.eachModel}</p>
          <ul>
            {failure.models.map((each, at) => (
              <li key={at}>
                <Said text={each.metadata.model ?? ""} />: <Said text={explain(each, words, language)} />
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
