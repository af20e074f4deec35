import { ask, downloaded, type MadeFile } from "./requests.ts";

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

export async function readFile(file: File): Promise<ReadFile> {
  const body = new FormData();
  body.append("file", file);
  return (await (await ask("POST", "/api/files", body)).json()) as ReadFile;
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
export async function giveBack(request: GiveBackRequest): Promise<MadeFile> {
  return downloaded(await ask("POST", "/api/give-back", request), `feedback.${request.format}`);
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
