import type { ListModelsResponse } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { type Capability, type Model, Model_State } from "../../generated/chorus/model/v1/model_pb.ts";
import { canTakePart, isByRule } from "../models/reviewers.ts";

/** The provider whose model the orchestrator asks where a request names none and nothing is set there. */
const USUAL = "google";

/** The models that can make what is asked for, whoever would be asked by default first. */
export function makersOf(listed: ListModelsResponse | undefined, capability: Capability): Model[] {
  const able = listed?.models.filter((each) => canTakePart(each) && !isByRule(each) && each.capabilities.includes(capability)) ?? [];
  const rank = ({ state, provider }: Model) => (state === Model_State.READY ? 0 : 2) + (provider === USUAL ? 0 : 1);
  return able.sort((a, b) => rank(a) - rank(b));
}

/** The name of the model that is asked: the chosen one while it is there, else the first. Empty: nobody can. */
export function makerOf(makers: readonly Model[], chosen: string): string {
  return makers.some(({ name }) => name === chosen) ? chosen : (makers[0]?.name ?? "");
}
