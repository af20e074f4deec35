import { Agreement, Panel_State } from "../../../generated/chorus/feedback/v1/merged_pb.ts";
import { Polarity, Severity } from "../../../generated/chorus/feedback/v1/feedback_pb.ts";

// What is said of the points, the scores and the panel.

export const points = {
  heading: "Points",
  numbered: (number: number) => `Point ${number}`,
  contested: "Where the models disagree",
  contestedHint: "Here your judgement is needed most.",
  rest: "Where they do not",
  none: "The readers found nothing to say.",
  noneByRule: "Nothing was found, but only rules looked. Nobody has judged what the text says.",
  noneYet: "No point has come so far.",
  order: "Order",
  byImportance: "by importance",
  byPlace: "as in the text",
  inText: "Show in the text",
  wholeText: "About the whole text",
  why: "Why",
  next: "Next",
  rewrite: "For example",
  importance: (severity: string) => `importance: ${severity}`,
  criterion: (title: string) => `criterion: ${title}`,
  whoSays: "Who says what",
  opposes: (number: number) => `The opposite is said in point ${number}`,
  byOne: (model: string) => `${model} only, so far`,
  match: "The model quoted it a little differently.",
  agreements: {
    [Agreement.UNSPECIFIED]: (_models: number, _families: number) => "",
    [Agreement.CONSENSUS]: (models: number, families: number) => `${models} models of ${families} families say so`,
    [Agreement.SUPPORTED]: (models: number, families: number) => `${models} models of ${families} families say so`,
    [Agreement.SINGLE]: (_models: number, _families: number) => "one family only",
    [Agreement.CONTESTED]: (_models: number, _families: number) => "contested",
  } satisfies Record<Agreement, (models: number, families: number) => string>,
  polarities: {
    [Polarity.UNSPECIFIED]: "Point",
    [Polarity.STRENGTH]: "Strength",
    [Polarity.IMPROVEMENT]: "To improve",
    [Polarity.QUESTION]: "Think about",
  } satisfies Record<Polarity, string>,
  severities: {
    [Severity.UNSPECIFIED]: "",
    [Severity.MINOR]: "minor",
    [Severity.MODERATE]: "moderate",
    [Severity.MAJOR]: "major",
  } satisfies Record<Severity, string>,
  issues: {
    off_task: "answering the task",
    missing_requirement: "what the task asks for",
    length_format: "length or form",
    claim_unclear: "clarity of the claim",
    reason_weak: "strength of the reasons",
    evidence_missing: "evidence",
    evidence_irrelevant: "relevance of the evidence",
    counterview_missing: "other views",
    factual_error: "facts",
    depth: "depth",
    introduction: "opening",
    conclusion: "ending",
    paragraph_focus: "focus of a paragraph",
    order_logic: "order",
    transition: "transitions",
    sentence_error: "sentences",
    word_choice: "choice of words",
    register_mix: "register",
    repetition: "variety of wording",
    concision: "concision",
    spelling: "spelling",
    spacing: "spacing",
    punctuation: "punctuation",
    citation: "citation",
    other: "other",
  },
};

export const summary = {
  heading: "In short",
  by: (model: string) => `worded by ${model}`,
  byTemplate: "worded by a template",
  strength: "Strength",
  next: "To improve",
};

export const scores = {
  heading: "Scores",
  plot: (title: string, low: string, high: string, value: string, from: string, to: string) =>
    `${title}: ${value}, plausibly ${from} to ${to}, on a scale from ${low} to ${high}`,
  noScore: "no score",
  notJudged: "could not be judged",
  total: "Total",
  totalOf: (value: string) => `${value} of 100`,
  noTotal: "none, since a criterion that counts has no score",
  noDecidedTotal: "none, since a criterion that counts has no score, or you left it out",
  panelTotal: (total: string) => `(the models alone: ${total})`,
  noPanelTotal: "(the models' scores alone make no total)",
  whoSays: "Who scored what",
  raw: (value: string) => `gave ${value}`,
  adjusted: (value: string) => `taken as ${value}, for its known severity`,
  notCounted: "left out of the score: on this work its scores are unlike its usual ones, as if by chance",
  countsLess: "counts less in the score: on this work its scores are less reliable than usual",
  legend: "Bar: plausible range. Dot: the panel. Ticks: single models. Diamond: you.",
  agreements: {
    [Agreement.UNSPECIFIED]: "",
    [Agreement.CONSENSUS]: "several families agree",
    [Agreement.SUPPORTED]: "two families agree",
    [Agreement.SINGLE]: "one family only",
    [Agreement.CONTESTED]: "contested",
  } satisfies Record<Agreement, string>,
};

export const steering = {
  heading: "A question to you",
  question: "This passage may speak to the models rather than to a reader. Is it meant so, or is it quoted or part of the story?",
  verdict: "It is a suspicion, and no verdict on the author.",
  confirmed: "The models' scores moved when they read it. The scores shown were given without it.",
};

export const panel = {
  heading: "Who answered, and what was left out",
  states: {
    [Panel_State.UNSPECIFIED]: (_answered: number, _asked: number, _families: number) => "",
    [Panel_State.COMPLETE]: (_answered: number, asked: number, families: number) =>
      `All ${asked} models answered, of ${families} ${families === 1 ? "family" : "families"}.`,
    [Panel_State.PARTIAL]: (answered: number, asked: number, families: number) =>
      `${answered} of ${asked} models answered, of ${families} families.`,
    [Panel_State.SINGLE]: (answered: number, asked: number, _families: number) =>
      `${answered} of ${asked} models answered, and all are of one family: this is one family's opinion, not a panel's.`,
  } satisfies Record<Panel_State, (answered: number, asked: number, families: number) => string>,
  missing: "No answer from",
  rejected: (count: number) => `Left out: ${count}`,
  rejectedHint: "The text does not bear these out, so they are in no merge.",
  rejections: {
    "its quotation is not in the submission": "the quotation is not in the text",
    "its criterion is not in the rubric": "its criterion is not in the rubric",
    "it observes nothing": "it observes nothing",
    "said before": "said before",
    "more points than were asked for": "more points than were asked for",
  },
  replayed: "This answer was stored before: nothing was asked or paid again.",
  notStored: "The answer could not be stored: it cannot be opened again, and decisions on it are not stored.",
  cost: "Cost",
  tokens: (input: string, output: string) => `${input} tokens in, ${output} out`,
};

export const cost = {
  unknown: "not known",
  free: "free",
  measured: (amount: string) => `${amount} (measured)`,
  estimated: (amount: string) => `${amount} (estimated)`,
  atLeast: (amount: string) => `at least ${amount} (a call was cut off and may still be billed)`,
};

export const own = {
  heading: "Each model's own feedback",
  hint: "Word for word, side by side, before the merge.",
  show: "Show side by side",
  hide: "Hide",
  noSummary: "It wrote no summary.",
  version: "Version",
  time: "Time",
};
