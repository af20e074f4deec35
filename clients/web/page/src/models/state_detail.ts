import { type Model, Model_State } from "../../generated/chorus/model/v1/model_pb.ts";
import type { Words } from "../words/words.ts";

// What the servers say where one thing is to be set, and where what is set is refused.
const SETTING = /^set ([A-Z][A-Z0-9_]*)$/;
const REFUSED = /^\S+ refuses ([A-Z][A-Z0-9_]*); set another$/;

/** Says why a model does not answer and what to do, and when its provider shuts it down. */
export function detailOf(model: Model, words: Words, today = new Date().toISOString().slice(0, 10)): string {
  const said: string[] = [];
  if (model.retirementDate !== "") {
    const isPast = model.retirementDate <= today;
    said.push(isPast ? words.models.retired(model.retirementDate) : words.models.retires(model.retirementDate));
    if (model.successor !== "") {
      said.push(words.models.successor(model.successor));
    }
  }
  if (model.state !== Model_State.READY) {
    const setting = SETTING.exec(model.stateDetail)?.[1];
    const refused = REFUSED.exec(model.stateDetail)?.[1];
    said.push(setting ? words.models.set(setting) : refused ? words.models.setAnother(refused) : model.stateDetail);
  }
  return said.filter((each) => each !== "").join("; ");
}
