import { CSRF_HEADER, renewSession, session } from "./session.ts";

/** A file whose text has been read. */
export interface ReadFile {
  file_id: string;
  name: string;
  format: string;
  text: string;
  /** What was assumed of it, in a sentence, for example its encoding; empty: nothing. */
  assumed: string;
  notes: string[];
}

/** The page's own server refused what was asked of it. */
export class Refused extends Error {
  readonly reason: string;
  readonly field: string;

  constructor(reason: string, message: string, field: string) {
    super(message);
    this.reason = reason;
    this.field = field;
  }
}

export async function readFile(file: File): Promise<ReadFile> {
  const body = new FormData();
  body.append("file", file);
  return (await (await post("/api/files", body)).json()) as ReadFile;
}

export type GivenBackFormat = "docx" | "hwpx" | "html" | "md" | "csv";

export interface GiveBackRequest {
  format: GivenBackFormat;
  language: string;
  file_id?: string;
  text?: string;
  title: string;
  /** ProtoJSON of GetFeedbackResponse. */
  feedback: unknown;
  /** ProtoJSON of Decisions. */
  decisions: unknown;
}

/** Asks for a file with the feedback in it. */
export async function giveBack(request: GiveBackRequest): Promise<{ content: Blob; name: string }> {
  const response = await post("/api/give-back", JSON.stringify(request), { "content-type": "application/json" });
  const named = nameIn(response.headers.get("content-disposition") ?? "");
  return { content: await response.blob(), name: named || `feedback.${request.format}` };
}

/** Offers a file for saving. */
export function save(content: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
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

async function post(path: string, body: FormData | string, headers: Record<string, string> = {}): Promise<Response> {
  const { csrf } = await session();
  // The language that was chosen here may be another than the browser's.
  const inOurLanguage = { "accept-language": document.documentElement.lang };
  const response = await fetch(path, { method: "POST", body, headers: { ...headers, ...inOurLanguage, [CSRF_HEADER]: csrf } });
  if (response.ok) {
    return response;
  }
  if (response.status === 403) {
    renewSession();
  }
  const problem = (await response.json().catch(() => undefined)) as { error?: Partial<Refused> } | undefined;
  const { reason = "INTERNAL", message = "", field = "" } = problem?.error ?? {};
  throw new Refused(reason, message, field);
}
