import { dollarsAtLeast, readDollars } from "../amounts.ts";
import type { Words } from "../words/words.ts";

/** Says what is wrong with a limit as it is written; empty: nothing. `least` is in 1e-9 USD. */
export function limitFault(written: string, least: bigint, words: Words): string {
  if (written.trim() === "") {
    return "";
  }
  const limit = readDollars(written);
  if (limit === undefined) {
    return words.form.limitWrong;
  }
  return limit < least ? words.refusals.LIMIT_TOO_LOW(dollarsAtLeast(least)) : "";
}
