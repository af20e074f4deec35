import { fromJson, type JsonValue, toJson } from "@bufbuild/protobuf";
import { type Decisions, DecisionsSchema } from "../../generated/chorus/feedback/v1/decision_pb.ts";
import { type GetFeedbackResponse, GetFeedbackResponseSchema } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { type Failure, FailureSchema } from "../../generated/chorus/model/v1/failure_pb.ts";
import type { CallFailure } from "../api/call_failure.ts";
import type { GivenBackFormat } from "../api/files.ts";
import { ask, downloaded, type MadeFile } from "../api/requests.ts";
import type { Refusal } from "../refusals.ts";

export type WorkState = "new" | "waiting" | "running" | "to_review" | "decided" | "given_back" | "failed";

export interface ListedClass {
  id: string;
  title: string;
  /** Seconds since 1970. */
  created: number;
  states: Partial<Record<WorkState, number>>;
}

export interface ListedWork {
  id: string;
  name: string;
  pseudonym: string;
  format: string;
  characters: number;
  state: WorkState;
  /** ProtoJSON of Failure: why the call failed, then why each model did. */
  failures: JsonValue[];
  cost_usd_nanos: number;
  asked: number;
  answered: number;
  /** On how many points and criteria the models contradict each other. */
  contested: number;
  /** How wide the plausible ranges of the scores are, on average, from 0 to 1. */
  spread: number;
}

export interface ShownClass {
  id: string;
  title: string;
  task: string;
  notes: string;
  level: string;
  text_language: string;
  feedback_language: string;
  rubric: JsonValue | null;
  models: string[];
  /** From then on the title alone can be changed. */
  was_asked_for: boolean;
  has_roster: boolean;
  stop_reason: "" | "teacher" | "limit";
  cost: {
    limit_usd_nanos: number | null;
    spent_usd_nanos: number;
    is_whole: boolean;
    /** What those without feedback may still cost at most; null: the orchestrator did not say. */
    most_usd_nanos: number | null;
    /** The lowest limit under which one more review is asked for; null: the orchestrator did not say. */
    least_limit_usd_nanos: number | null;
    /** Models without a known price. */
    unknown: string[];
  };
  works: ListedWork[];
  missing: MissingFile[];
}

/** A file that was not taken, or that only the roster names. */
export interface MissingFile extends Refusal {
  id: string;
  name: string;
}

export interface OpenedWork extends Omit<ListedWork, "feedback"> {
  text: string;
  has_file: boolean;
  response?: GetFeedbackResponse;
  decisions?: Decisions;
}

/** What can be changed until a work is asked for, the title after that, too. */
export interface AssignmentFields {
  title: string;
  task: string;
  notes: string;
  level: string;
  text_language: string;
  feedback_language: string;
  rubric: JsonValue | null;
  models: string[];
}

export interface NewClass extends AssignmentFields {
  limit_usd_nanos: number | null;
}

export interface TakenFiles {
  taken: { name: string; remarks: string[] }[];
  refused: ({ name: string } & Refusal)[];
}

/** What the class gives back in one file: documents in a zip archive, web pages in one, or the scores. */
export type ClassFormat = "files" | "html" | "csv";

const ALL = "/api/classes";

export async function listClasses(signal: AbortSignal): Promise<ListedClass[]> {
  return ((await (await ask("GET", ALL, undefined, signal)).json()) as { classes: ListedClass[] }).classes;
}

export async function createClass(made: NewClass): Promise<string> {
  return ((await (await ask("POST", ALL, made)).json()) as { id: string }).id;
}

export async function showClass(id: string, signal?: AbortSignal): Promise<ShownClass> {
  return (await (await ask("GET", one(id), undefined, signal)).json()) as ShownClass;
}

export async function deleteClass(id: string): Promise<void> {
  await ask("DELETE", one(id));
}

export async function setLimit(id: string, nanos: bigint | undefined): Promise<void> {
  await ask("PATCH", one(id), { limit_usd_nanos: nanos === undefined ? null : Number(nanos) });
}

export async function changeAssignment(id: string, changes: Partial<AssignmentFields>): Promise<void> {
  await ask("PATCH", one(id), changes);
}

export async function startClass(id: string): Promise<void> {
  await ask("POST", `${one(id)}/start`);
}

export async function stopClass(id: string): Promise<void> {
  await ask("POST", `${one(id)}/stop`);
}

export async function sendWork(id: string, file: File): Promise<TakenFiles> {
  return (await (await ask("POST", `${one(id)}/works`, formOf(file))).json()) as TakenFiles;
}

/** Tells of a file that is too large to be sent. */
export async function missFile(id: string, name: string): Promise<void> {
  await ask("POST", `${one(id)}/missing`, { name });
}

/** Forgets a file that the class lacks; without an id, all of them. */
export async function dismissMissing(id: string, missingId = ""): Promise<void> {
  await ask("DELETE", missingId === "" ? `${one(id)}/missing` : `${one(id)}/missing/${encodeURIComponent(missingId)}`);
}

export async function sendRoster(id: string, file: File): Promise<void> {
  await ask("POST", `${one(id)}/roster`, formOf(file));
}

export async function askAgain(id: string, workId: string): Promise<void> {
  await ask("POST", `${work(id, workId)}/again`);
}

export async function deleteWork(id: string, workId: string): Promise<void> {
  await ask("DELETE", work(id, workId));
}

export async function openWork(id: string, workId: string, signal?: AbortSignal): Promise<OpenedWork> {
  const { feedback, decisions, ...rest } = (await (await ask("GET", work(id, workId), undefined, signal)).json()) as OpenedWork & {
    feedback: JsonValue | null;
    decisions: JsonValue | null;
  };
  const lenient = { ignoreUnknownFields: true };
  return {
    ...rest,
    ...(feedback !== null && { response: fromJson(GetFeedbackResponseSchema, feedback, lenient) }),
    ...(decisions !== null && { decisions: fromJson(DecisionsSchema, decisions, lenient) }),
  };
}

export async function keepDecisions(id: string, workId: string, decisions: Decisions): Promise<void> {
  await ask("PUT", `${work(id, workId)}/decisions`, { decisions: toJson(DecisionsSchema, decisions) });
}

export async function giveWorkBack(id: string, workId: string, format: GivenBackFormat, language: string): Promise<MadeFile> {
  return downloaded(await ask("POST", `${work(id, workId)}/give-back`, { format, language }), `feedback.${format}`);
}

export async function giveClassBack(id: string, format: ClassFormat, language: string): Promise<MadeFile> {
  const response = await ask("POST", `${one(id)}/give-back`, { format, language });
  return downloaded(response, format === "csv" ? "scores.csv" : "feedback.zip");
}

/** Why a work has no feedback; undefined: it has not failed. */
export function failureOf({ failures }: Pick<ListedWork, "failures">): CallFailure | undefined {
  const [failure, ...models] = failures.map((each): Failure => fromJson(FailureSchema, each, { ignoreUnknownFields: true }));
  return failure && { kind: "chorus", failure, models };
}

function one(id: string): string {
  return `${ALL}/${encodeURIComponent(id)}`;
}

function work(id: string, workId: string): string {
  return `${one(id)}/works/${encodeURIComponent(workId)}`;
}

function formOf(file: File): FormData {
  const form = new FormData();
  form.append("file", file);
  return form;
}
