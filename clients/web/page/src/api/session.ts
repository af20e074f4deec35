/** What the page is told once, as it opens. */
export interface Session {
  csrf: string;
  /** Who has logged in; empty: whoever is at this machine. */
  teacher: string;
  /** The pseudonym under which decisions are recorded. */
  rater: string;
  version: string;
  limits: { max_file_bytes: number; max_text_characters: number };
}

export const CSRF_HEADER = "x-chorus-csrf";

let current: Promise<Session> | undefined;

/** The session; it is asked for once, and again after `renewSession`. */
export function session(): Promise<Session> {
  current ??= ask();
  current.catch(() => {
    current = undefined;
  });
  return current;
}

/** Lets the next call ask for a new session: the server was started anew and knows the old one no more. */
export function renewSession(): void {
  current = undefined;
}

async function ask(): Promise<Session> {
  const response = await fetch("/api/session");
  if (!response.ok) {
    throw new Error(`the session was refused with ${response.status}`);
  }
  return (await response.json()) as Session;
}
