import type { ListModelsResponse } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { Said } from "../common/Said.tsx";
import { useLanguage } from "../words/language.tsx";
import { areOneFamily, canTakePart, displayNames, isByRule, reviewers } from "./reviewers.ts";
import { absentByReason } from "./state_detail.ts";

/** Says what is at hand where that is little, which models cannot take part, and what each of them needs. */
export function AtHand({ listed, chosen }: { listed: ListModelsResponse; chosen: ReadonlySet<string> }) {
  const { words, language } = useLanguage();
  const all = reviewers(listed);
  const able = all.filter(canTakePart);
  const absent = all.filter((each) => !canTakePart(each));
  const isRulesAlone = able.every(isByRule);
  const why = absentByReason(absent, displayNames(listed.models, words), words, language);
  return (
    <>
      {able.length > 0 && isRulesAlone && <p className="note">{words.models.rulesAlone}</p>}
      {!isRulesAlone && areOneFamily(all, chosen) && <p className="note">{words.models.oneFamily}</p>}
      {absent.length > 0 && (
        <details open={isRulesAlone}>
          <summary>{words.form.cannotTakePart(absent.length)}</summary>
          <ul className="named">
            {why.map(([reason, names]) => (
              <li key={reason}>
                <Said text={reason} />: <Said text={names.join(", ")} />
              </li>
            ))}
          </ul>
          <p className="hint">{words.models.setThenStart}</p>
        </details>
      )}
    </>
  );
}
