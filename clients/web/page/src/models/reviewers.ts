import type { ListModelsResponse } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { Capability, type Model, Model_Kind, Model_State } from "../../generated/chorus/model/v1/model_pb.ts";
import type { Words } from "../words/words.ts";

/** The models that can review a text, whether they are ready or not. */
export function reviewers(listed: ListModelsResponse): Model[] {
  return listed.models.filter((each) => isByRule(each) || each.capabilities.includes(Capability.JSON_SCHEMA));
}

export function isByRule(model: Model): boolean {
  return model.kind === Model_Kind.RULES;
}

export function canTakePart(model: Model): boolean {
  return model.state === Model_State.READY || model.state === Model_State.LOADING;
}

/** The names that are chosen at first: the default panel, or whoever can take part where it is empty. */
export function firstChoice(listed: ListModelsResponse): string[] {
  const able = reviewers(listed).filter(canTakePart);
  const panel = able.filter((each) => listed.defaultPanel.includes(each.name));
  return (panel.length > 0 ? panel : able).map((each) => each.name);
}

/** Who is asked: of those that a person chose, whoever can take part; at first the first choice. Until the models are listed, nobody. */
export function chosenOf(listed: ListModelsResponse | undefined, chosen: readonly string[] | undefined): Set<string> {
  if (listed === undefined) {
    return new Set();
  }
  const able = new Set(reviewers(listed).filter(canTakePart).map(({ name }) => name));
  return new Set((chosen ?? firstChoice(listed)).filter((each) => able.has(each)));
}

/** The names of those that a person chose and that cannot take part now. */
export function absentOf(listed: ListModelsResponse | undefined, chosen: readonly string[] | undefined): string[] {
  const there = chosenOf(listed, chosen);
  return listed ? (chosen ?? []).filter((each) => !there.has(each)) : [];
}

/** The footprint's device of a model that Chorus reaches on its own machine, whatever serves it there. */
const LOCAL = "local";

/** What people call the companies of the packaged catalog; others have the name that a catalog gives them. */
const COMPANIES: Readonly<Record<string, string>> = {
  anthropic: "Anthropic",
  google: "Google",
  huggingface: "Hugging Face",
  openai: "OpenAI",
};

/** Whose machines a model runs on; empty: our own. */
export function providerOf({ footprint, provider }: Model): string {
  return footprint?.device === LOCAL ? "" : ((Object.hasOwn(COMPANIES, provider) && COMPANIES[provider]) || provider);
}

/** Whose machines read the text, without our own, each once. */
export function outsideProviders(models: readonly Model[], chosen: ReadonlySet<string>): string[] {
  const named = models.filter((each) => chosen.has(each.name)).map(providerOf);
  return [...new Set(named.filter((each) => each !== ""))].sort();
}

/** The names for people, except where two models share one. What reads by rule is named in the page's language. */
export function displayNames(models: readonly Model[], words: Words): (name: string) => string {
  const byRule: Readonly<Record<string, string>> = words.models.byRule;
  const bearers = new Map<string, number>();
  for (const { displayName } of models) {
    bearers.set(displayName, (bearers.get(displayName) ?? 0) + 1);
  }
  const named = new Map(
    models.filter((each) => each.displayName !== "" && bearers.get(each.displayName) === 1).map((each) => [each.name, each.displayName]),
  );
  return (name) => (Object.hasOwn(byRule, name) ? byRule[name] : named.get(name)) ?? name;
}

/** Whether all that are chosen are of one family: what they say together is one family's opinion. */
export function areOneFamily(models: readonly Model[], chosen: ReadonlySet<string>): boolean {
  return new Set(models.filter((each) => chosen.has(each.name)).map((each) => each.family || each.name)).size === 1;
}
