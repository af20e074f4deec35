// What is said where a person decides, and of what is given back and stored.

export const decide = {
  heading: "Your decision",
  draft: "Nothing here is final before you say so.",
  final: "This is what the author gets.",
  keep: "Keep",
  edit: "Edit",
  reject: "Reject",
  undo: "Undecided",
  pointDecision: (number: number) => `Your decision on point ${number}`,
  scoreDecision: (title: string) => `Your decision on the score for ${title}`,
  kept: "You keep it",
  edited: "In your words",
  rejected: "You reject it",
  added: "Your own point",
  addPoint: "Add a point of your own",
  addHere: "Add a point on the words marked in the text",
  place: "Place in the text",
  placeHint: "Words of the text, as they stand there. Empty: about the whole text",
  placeLost: "These words are not in the text.",
  placeTwice: "These words stand there more than once: select yours in the text, or add the words around them.",
  observation: "What you noticed",
  kind: "Kind",
  severity: "Importance",
  needsObservation: "Say what you noticed.",
  ownScore: "Own score",
  ownScoreHint: (low: string, high: string) => `${low} to ${high}`,
  ownScoreWrong: (low: string, high: string) => `Not taken: the scale goes from ${low} to ${high}.`,
  reason: "Your reason, may stay empty",
  open: (count: number) => (count === 1 ? "1 point or score is undecided." : `${count} points and scores are undecided.`),
  keepRest: (count: number) => `Keep the other ${count}`,
  keepAll: (count: number) => (count === 1 ? "Keep it" : `Keep all ${count}`),
  allDecided: "Everything is decided.",
  finish: "This is what the author gets",
  reopen: "Change it again",
  saving: "Saving…",
  saved: "Saved",
  notSaved: "Not saved",
  remove: "Delete this feedback",
  removeSure: "Delete it, here and at the server? It cannot be undone.",
};

export const giveBack = {
  heading: "Give back",
  first: "First say above that this is what the author gets.",
  hint: "Only what you kept, edited or added goes out. It does not tell which model said it.",
  docx: "Word, as comments",
  hwpx: "Hangul, as memos",
  html: "Web page",
  md: "Markdown",
  csv: "Points and scores (CSV)",
  print: "Print, or save as PDF",
  needsFile: (format: string) => `Needs the ${format} file that came.`,
  making: "Making the file…",
  made: (name: string) => `${name} was made.`,
  draftPrint: "Draft: not given back",
};

export const recent = {
  heading: "Reviewed in this browser",
  hint: "The texts stay in this browser alone, until the feedback expires at the server.",
  untitled: "Without a title",
  forget: "Forget the text",
};

export const stored = {
  expires: (date: string) => `The server stores it until ${date}.`,
};
