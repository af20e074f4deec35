import { ErrorReason } from "../../../generated/chorus/model/v1/failure_pb.ts";

/** Why a call failed, by the contract's reasons. */
export const failures = {
  unreachable: "The page's server does not answer. Does Chorus run?",
  silent: "Chorus does not answer just now. If asking again in a minute does not help, it has to be started again.",
  cancelled: "Stopped.",
  retryAfter: (time: string) => `try again in ${time}`,
  set: (setting: string) => `set ${setting}`,
  askInstead: (model: string) => `ask ${model} instead`,
  needsOf: (needed: string, limit: string) => `needs ${needed}, the limit is ${limit}`,
  eachModel: "What each model said",
  serverSays: (message: string) => `The server says: ${message}`,
  reasons: {
    [ErrorReason.UNSPECIFIED]: "an error inside of the server",
    [ErrorReason.INVALID_REQUEST]: "the request is not valid",
    [ErrorReason.INPUT_TOO_LONG]: "the text is too long for this model",
    [ErrorReason.MODEL_NOT_FOUND]: "no such model, or retired",
    [ErrorReason.NOT_SUPPORTED]: "cannot do this",
    [ErrorReason.PROVIDER_AUTH]: "no key, or the provider rejected it",
    [ErrorReason.RATE_LIMITED]: "too many requests just now",
    [ErrorReason.QUOTA_EXHAUSTED]: "the provider's credit or quota is used up",
    [ErrorReason.BUDGET_EXCEEDED]: "your cost limit would be passed",
    [ErrorReason.CONTENT_BLOCKED]: "the content was refused",
    [ErrorReason.UNAVAILABLE]: "not available",
    [ErrorReason.OUT_OF_MEMORY]: "not enough memory",
    [ErrorReason.TIMEOUT]: "the time was up",
    [ErrorReason.BAD_OUTPUT]: "the answer was empty, cut, malformed or repetitive, or misquoted the text",
    [ErrorReason.QUORUM_NOT_REACHED]: "fewer models answered than asked for",
    [ErrorReason.INTERNAL]: "an error inside of the server",
    [ErrorReason.UNAUTHENTICATED]: "the server does not know who calls",
    [ErrorReason.FEEDBACK_NOT_FOUND]: "you have no feedback of that id: it was deleted or has expired",
  } satisfies Record<ErrorReason, string>,
};
