/** Finds places of a text by Unicode code points, in which the contract counts, and by UTF-16 units, in which strings do. */
export class CodePointIndex {
  /** The code points past U+FFFF, by their place: each takes two units. */
  readonly #astral: number[] = [];
  readonly #text: string;
  readonly length: number;

  constructor(text: string) {
    this.#text = text;
    let codePoints = 0;
    for (let unit = 0; unit < text.length; unit++, codePoints++) {
      if ((text.codePointAt(unit) ?? 0) > 0xffff) {
        this.#astral.push(codePoints);
        unit++;
      }
    }
    this.length = codePoints;
  }

  /** The UTF-16 unit at which a code point begins; places beyond the end are the end. */
  toUnits(codePoint: number): number {
    const place = Math.max(0, Math.min(codePoint, this.length));
    return place + this.#astralBefore(place);
  }

  /** The code point that a UTF-16 unit belongs to. */
  toCodePoint(unit: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.toUnits(middle) <= unit) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /** The units of an anchor, or undefined where the text does not hold what the anchor quotes: it is another text. */
  find(anchor: { start: number; end: number; quote: string }): { start: number; end: number } | undefined {
    const start = this.toUnits(anchor.start);
    const end = this.toUnits(anchor.end);
    return this.#text.slice(start, end) === anchor.quote ? { start, end } : undefined;
  }

  #astralBefore(codePoint: number): number {
    let low = 0;
    let high = this.#astral.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#astral[middle] ?? 0) < codePoint) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}

/** Cuts a text to at most so many code points. */
export function cut(text: string, codePoints: number): string {
  const index = new CodePointIndex(text);
  return index.length <= codePoints ? text : text.slice(0, index.toUnits(codePoints));
}
