import type { en } from "./en/en.ts";

type Widened<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { [Key in keyof T]: Widened<T[Key]> };

/** Every sentence of the page. A language that lacks one does not compile. */
export type Words = Widened<typeof en>;
