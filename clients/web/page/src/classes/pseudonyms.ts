import type { ListedWork } from "./class_api.ts";

/** The pseudonyms that stand for more than one work, each with the names of these. */
export function sharedPseudonyms(works: readonly Pick<ListedWork, "pseudonym" | "name">[]): [pseudonym: string, names: string[]][] {
  const bearers = new Map<string, string[]>();
  for (const { pseudonym, name } of works) {
    const written = pseudonym.normalize("NFC");
    bearers.set(written, [...(bearers.get(written) ?? []), name]);
  }
  bearers.delete("");
  return [...bearers].filter(([, names]) => names.length > 1);
}
