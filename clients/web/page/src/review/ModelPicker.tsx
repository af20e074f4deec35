import type { ListModelsResponse } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import type { Model } from "../../generated/chorus/model/v1/model_pb.ts";
import { dollars } from "../amounts.ts";
import { Said } from "../common/Said.tsx";
import { AtHand } from "../models/AtHand.tsx";
import { canTakePart, displayNames, isByRule, providerOf, reviewers } from "../models/reviewers.ts";
import { useWords } from "../words/language.tsx";

interface Properties {
  listed: ListModelsResponse;
  chosen: ReadonlySet<string>;
  /** The names of those that were chosen before and cannot take part now. */
  absent?: readonly string[];
  onChoose: (names: readonly string[]) => void;
}

export function ModelPicker({ listed, chosen, absent = [], onChoose }: Properties) {
  const words = useWords();
  const all = reviewers(listed);
  const able = all.filter(canTakePart);
  const nameOf = displayNames(listed.models, words);
  const choose = (name: string, on: boolean) => {
    onChoose(all.map((each) => each.name).filter((each) => (each === name ? on : chosen.has(each))));
  };
  return (
    <fieldset className="models">
      <legend>{words.form.models}</legend>
      <p className="hint">{words.form.modelsHint}</p>
      {able.length === 0 && <p role="alert">{words.form.noModels}</p>}
      <ul className="plain picks">
        {able.map((model) => (
          <li key={model.name}>
            <label className="pick">
              <input type="checkbox" checked={chosen.has(model.name)} onChange={(event) => choose(model.name, event.target.checked)} />
              <span>
                <Said className="name" text={nameOf(model.name)} />
                <small>
                  <Reader model={model} /> · {price(model, listed, words)}
                </small>
              </span>
            </label>
          </li>
        ))}
      </ul>
      {absent.length > 0 && (
        <p className="note">
          {words.form.absent} <Said text={absent.map(nameOf).join(", ")} />
        </p>
      )}
      <p className="hint">{words.form.together(dollars(mostOf(listed, chosen)))}</p>
      <AtHand listed={listed} chosen={chosen} />
    </fieldset>
  );
}

function Reader({ model }: { model: Model }) {
  const words = useWords();
  if (isByRule(model)) {
    return words.form.byRule;
  }
  return words.form.readBy(providerOf(model) || words.form.ours);
}

function price(model: Model, listed: ListModelsResponse, words: ReturnType<typeof useWords>): string {
  const most = listed.maxReviewCostUsdNanos[model.name];
  if (most !== undefined) {
    return most === 0n ? words.form.free : words.form.atMost(dollars(most));
  }
  return isByRule(model) ? words.form.free : words.form.priceUnknown;
}

/** What a review of two pages by all that are chosen costs at most, as far as their prices are known. */
export function mostOf(listed: ListModelsResponse, chosen: ReadonlySet<string>): bigint {
  let sum = 0n;
  for (const name of chosen) {
    sum += listed.maxReviewCostUsdNanos[name] ?? 0n;
  }
  return sum;
}
