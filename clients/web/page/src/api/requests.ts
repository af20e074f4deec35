import { CSRF_HEADER, renewSession, session } from "./session.ts";

/** The page's own server refused what was asked of it. */
export class Refused extends Error {
  readonly reason: string;
  /** That of the message. */
  readonly language: string;
  readonly field: string;
  readonly metadata: Readonly<Record<string, number>>;

  constructor({ reason = "INTERNAL", message = "", language = "en", field = "", metadata = {} }: Partial<Refused>) {
    super(message);
    this.reason = reason;
    this.language = language;
    this.field = field;
    this.metadata = metadata;
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Asks the page's own server. A body that is neither a form nor a text is sent as JSON. */
export async function ask(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  // The language that was chosen here may be another than the browser's.
  const headers: Record<string, string> = { "accept-language": document.documentElement.lang };
  if (method !== "GET") {
    headers[CSRF_HEADER] = (await session()).csrf;
  }
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) {
    headers["content-type"] = "application/json";
  }
  const response = await fetch(path, {
    method,
    headers,
    body: isForm ? body : body === undefined ? undefined : JSON.stringify(body),
    signal: signal ?? null,
  });
  if (response.ok) {
    return response;
  }
  if (response.status === 403) {
    renewSession();
  }
  const problem = (await response.json().catch(() => undefined)) as { error?: Partial<Refused> } | undefined;
  throw new Refused(problem?.error ?? {});
}

/** A file that was made, with the name that the server gave it. */
export interface MadeFile {
  content: Blob;
  name: string;
}

/** Reads an answer that is a download. */
export async function downloaded(response: Response, otherwise: string): Promise<MadeFile> {
  const named = nameIn(response.headers.get("content-disposition") ?? "");
  return { content: await response.blob(), name: named || otherwise };
}

function nameIn(disposition: string): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  if (encoded !== undefined) {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return "";
    }
  }
  return /filename="?([^";]+)"?/i.exec(disposition)?.[1] ?? "";
}
