import { type Model, Model_State } from "../../generated/chorus/model/v1/model_pb.ts";
import type { Language } from "../words/language.tsx";
import type { Words } from "../words/words.ts";

// What the servers say where one thing is to be set, and where what is set is refused.
const SETTING = /^set ([A-Z][A-Z0-9_]*)(?: to a folder or a repository name of a Gemma model)?$/;
const REFUSED = /^\S+ refuses ([A-Z][A-Z0-9_]*); set another$/;
const SILENT = "its server does not answer";
const GEMMA = "GEMMA_MODEL";

/** Says why a model does not answer and what to do, and when its provider shuts it down. */
export function detailOf(model: Model, words: Words, language: Language, today = new Date().toISOString().slice(0, 10)): string {
  const said: string[] = [];
  const isRetired = model.retirementDate !== "" && model.retirementDate <= today;
  if (model.retirementDate !== "") {
    said.push(isRetired ? words.models.retired(model.retirementDate) : words.models.retires(model.retirementDate));
    if (model.successor !== "") {
      said.push(words.models.successor(model.successor));
    }
  }
  if (model.state !== Model_State.READY && !(isRetired && model.stateDetail.startsWith("retired on "))) {
    said.push(stateOf(model.stateDetail, words, language));
  }
  return said.filter((each) => each !== "").join("; ");
}

/** Why those that cannot take part cannot, each reason with the names of its models. */
export function absentByReason(
  models: readonly Model[],
  nameOf: (name: string) => string,
  words: Words,
  language: Language,
): [why: string, names: string[]][] {
  const found = new Map<string, string[]>();
  for (const model of models) {
    const why = detailOf(model, words, language) || (words.models.states[model.state] ?? "");
    found.set(why, [...(found.get(why) ?? []), nameOf(model.name)]);
  }
  return [...found];
}

function stateOf(detail: string, words: Words, language: Language): string {
  const setting = SETTING.exec(detail)?.[1];
  const refused = REFUSED.exec(detail)?.[1];
  if (setting) {
    return setting === GEMMA ? words.models.setGemma(setting) : words.models.set(setting);
  }
  if (refused) {
    return words.models.setAnother(refused);
  }
  if (detail === SILENT) {
    return words.models.silent;
  }
  return detail === "" || language === "en" ? detail : words.failures.serverSays(detail);
}
