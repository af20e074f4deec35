import { ErrorReason, type Failure } from "../generated/chorus/model/v1/failure_pb.ts";
import { dollars, gigabytes, seconds } from "./amounts.ts";
import type { CallFailure } from "./api/call_failure.ts";
import { whyNot } from "./refusals.ts";
import type { Language } from "./words/language.tsx";
import type { Words } from "./words/words.ts";

/** Returns what a model is called, by its Model.name. */
type NameOf = (model: string) => string;

/** Says why a call failed. */
export function explainCall(failed: CallFailure, words: Words, language: Language, nameOf?: NameOf): string {
  switch (failed.kind) {
    case "cancelled":
      return words.failures.cancelled;
    case "unreachable":
      return words.failures.unreachable;
    case "refused":
      return whyNot(failed.refused, words, language);
    case "chorus":
      return isSilent(failed.failure) ? words.failures.silent : explain(failed.failure, words, language, nameOf);
  }
}

/** What is said of a server that gave no answer of its own; it tells a reader nothing more. */
const NO_ANSWER = /^the server answered [A-Z_]+$/;

function isSilent({ reason, message }: Failure): boolean {
  return reason === ErrorReason.UNAVAILABLE && NO_ANSWER.test(message);
}

/** Says the reason in the reader's language, then what to set or to do. */
export function explain(failure: Failure, words: Words, language: Language, nameOf: NameOf = (model) => model): string {
  const reason = words.failures.reasons[failure.reason] ?? words.failures.reasons[ErrorReason.INTERNAL];
  const helps = [help(failure, words, language, nameOf)];
  if (failure.retryDelay !== undefined) {
    helps.push(words.failures.retryAfter(seconds(failure.retryDelay, words)));
  }
  const said = helps.filter((each) => each !== "").join("; ");
  return said === "" ? reason : `${reason}: ${said}`;
}

function help({ reason, message, metadata }: Failure, words: Words, language: Language, nameOf: NameOf): string {
  const { setting, successor } = metadata;
  switch (reason) {
    case ErrorReason.INVALID_REQUEST: {
      const fields = Object.entries(metadata).filter(([field]) => field !== "model");
      if (fields.length > 0) {
        // What is wrong with each the server says in English.
        return fields.map(([field, wrong]) => (language === "en" ? `${field}: ${wrong}` : field)).join("; ");
      }
      break;
    }
    case ErrorReason.PROVIDER_AUTH:
      if (setting) {
        return words.failures.set(setting);
      }
      break;
    case ErrorReason.MODEL_NOT_FOUND:
      if (successor) {
        return words.failures.askInstead(nameOf(successor));
      }
      break;
    case ErrorReason.INPUT_TOO_LONG:
      return needed(metadata.input_tokens, metadata.max_input_tokens, words, String);
    case ErrorReason.OUT_OF_MEMORY:
      return needed(metadata.needed_bytes, metadata.free_bytes, words, gigabytes);
    case ErrorReason.BUDGET_EXCEEDED:
      return needed(metadata.needed_usd_nanos, metadata.limit_usd_nanos, words, dollars);
  }
  // Servers write their messages in English.
  return language === "en" && !NO_ANSWER.test(message) ? message : "";
}

function needed(amount: string | undefined, limit: string | undefined, words: Words, say: (n: bigint) => string): string {
  const isWhole = (each: string | undefined): each is string => each !== undefined && /^\d{1,18}$/.test(each);
  return isWhole(amount) && isWhole(limit) ? words.failures.needsOf(say(BigInt(amount)), say(BigInt(limit))) : "";
}
