import { type Model, Model_State } from "../../generated/chorus/model/v1/model_pb.ts";
import type { Language } from "../words/language.tsx";
import type { Words } from "../words/words.ts";

// What the servers say where one thing is to be set, and where what is set is refused.
const SETTING = /^set ([A-Z][A-Z0-9_]*)(?: to a folder or a repository name of a Gemma model)?$/;
const REFUSED = /^\S+ refuses ([A-Z][A-Z0-9_]*); set another$/;
const SILENT = "its server does not answer";
const GEMMA = "GEMMA_MODEL";
const todayInUtc = () => new Date().toISOString().slice(0, 10);

/** Returns what a model is called, by its Model.name. */
type NameOf = (name: string) => string;

/** Says why a model does not answer and what to do, and when its provider shuts it down. */
export function detailOf(model: Model, nameOf: NameOf, words: Words, language: Language, today = todayInUtc()): string {
  const said = [endOf(model, nameOf, words, today)];
  if (model.state !== Model_State.READY && !isOver(model, today)) {
    said.push(stateOf(model.stateDetail, words, language));
  }
  return said.filter((each) => each !== "").join("; ");
}

/** Why those that cannot take part cannot, each reason with the names of its models. */
export function absentByReason(
  models: readonly Model[],
  nameOf: NameOf,
  words: Words,
  language: Language,
  today = todayInUtc(),
): [why: string, names: string[]][] {
  const found = new Map<string, string[]>();
  for (const model of models) {
    const said = isOver(model, today) ? endOf(model, nameOf, words, today) : stateOf(model.stateDetail, words, language);
    const why = said || (words.models.states[model.state] ?? "");
    found.set(why, [...(found.get(why) ?? []), nameOf(model.name)]);
  }
  return [...found];
}

/** When its provider shuts a model down, and what to use then; empty: nobody has said. */
function endOf({ retirementDate, successor }: Model, nameOf: NameOf, words: Words, today: string): string {
  if (retirementDate === "") {
    return "";
  }
  const end = retirementDate <= today ? words.models.retired(retirementDate) : words.models.retires(retirementDate);
  return successor === "" ? end : `${end}; ${words.models.successor(nameOf(successor))}`;
}

/** Whether a model is retired, and nothing that could be set brings it back. */
function isOver({ retirementDate, stateDetail }: Model, today: string): boolean {
  return retirementDate !== "" && retirementDate <= today && stateDetail.startsWith("retired on ");
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
