// Control characters, and format characters that turn the direction of what follows or take no room. The joiners
// U+200C and U+200D stay: scripts and emoji are made with them.
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/u;
const EVERY_HIDDEN = new RegExp(HIDDEN, "gu");

/** A stretch of text as it is shown: either plain, or one character that would not be seen. */
export interface Stretch {
  text: string;
  hidden: boolean;
  /** How many UTF-16 units of the text it stands for. */
  units: number;
}

/** Splits a text into what is shown as it is and what would not be seen, which is shown by its number. */
export function stretches(text: string): Stretch[] {
  if (!HIDDEN.test(text)) {
    return text === "" ? [] : [{ text, hidden: false, units: text.length }];
  }
  const found: Stretch[] = [];
  let from = 0;
  for (const match of text.matchAll(EVERY_HIDDEN)) {
    if (match.index > from) {
      found.push({ text: text.slice(from, match.index), hidden: false, units: match.index - from });
    }
    found.push({ text: nameOf(match[0]), hidden: true, units: match[0].length });
    from = match.index + match[0].length;
  }
  if (from < text.length) {
    found.push({ text: text.slice(from), hidden: false, units: text.length - from });
  }
  return found;
}

/** A text in one line or more, with its unseen characters shown by their numbers. */
export function visible(text: string): string {
  return HIDDEN.test(text) ? text.replace(EVERY_HIDDEN, nameOf) : text;
}

function nameOf(character: string): string {
  return `[U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}]`;
}
