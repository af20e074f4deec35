// Asks Chorus for feedback on a text file and prints what comes, as it comes.

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type ServiceError, status } from "@grpc/grpc-js";
import { Connection, SettingError } from "./connection.js";
import type { Anchor } from "./generated/chorus/feedback/v1/feedback.js";
import {
  GetFeedbackRequest,
  type GetFeedbackResponse,
  type StreamFeedbackResponse,
} from "./generated/chorus/feedback/v1/feedback_service.js";
import { Agreement } from "./generated/chorus/feedback/v1/merged.js";
import { ErrorReason } from "./generated/chorus/model/v1/failure.js";
import { BadRequest, ErrorInfo, RetryInfo } from "./generated/google/rpc/error_details.js";
import { Status } from "./generated/google/rpc/status.js";

async function main(): Promise<void> {
  const { values: options, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      server: { type: "string", default: "" },
      task: { type: "string", default: "" },
      models: { type: "string", default: "" },
      deadline: { type: "string", default: "60" },
    },
  });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) {
    console.error("usage: review [--server HOST:PORT] [--task TEXT] [--models A,B] [--deadline SECONDS] FILE");
    process.exitCode = 2;
    return;
  }
  const text = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));

  const connection = open(options.server);
  if (connection === undefined) {
    return;
  }
  const client = connection.client();
  const request = GetFeedbackRequest.fromPartial({
    submission: { text, task: options.task },
    models: options.models.split(",").filter((name) => name !== ""),
  });
  const deadline = new Date(Date.now() + 1000 * Number(options.deadline));
  const call = client.streamFeedback({ request }, connection.metadata(), { deadline });
  process.once("SIGINT", () => call.cancel());
  try {
    for await (const event of call) {
      print(event, text);
    }
  } catch (error) {
    const failed = error as ServiceError;
    explain(failed);
    const distrust = failed.code === status.UNAVAILABLE ? await connection.distrust() : undefined;
    if (distrust) {
      console.error(
        `the server's certificate is not believed: ${distrust}; CHORUS_TLS_DIR/ca.crt has to hold the ` +
          "authority that signed it, and it has to name the host or CHORUS_TLS_SERVER_NAME",
      );
    }
    process.exitCode = 1;
  } finally {
    client.close();
  }
}

function open(server: string): Connection | undefined {
  try {
    return new Connection(server);
  } catch (error) {
    if (!(error instanceof SettingError)) {
      throw error;
    }
    console.error(error.message);
    process.exitCode = 2;
    return undefined;
  }
}

function print({ event }: StreamFeedbackResponse, text: string): void {
  switch (event?.$case) {
    case "accepted":
      console.log(`accepted: ${event.value.models.join(", ")}`);
      break;
    case "delta":
      console.log(`delta: ${event.value.model}: ${event.value.point?.observation}`);
      break;
    case "result": {
      const { model, outcome } = event.value;
      if (outcome?.$case === "failure") {
        console.log(`result: ${model}: ${ErrorReason[outcome.value.reason] ?? "unknown reason"}`);
      } else {
        console.log(`result: ${model}: ${outcome?.value.points.length} point(s)`);
      }
      break;
    }
    case "merged":
      console.log(`merged: ${event.value.points.length} point(s) so far`);
      break;
    case "response":
      printFeedback(event.value, text);
      break;
    // What a newer server adds is passed over.
  }
}

function printFeedback({ merged, feedbackId }: GetFeedbackResponse, text: string): void {
  console.log(`response: ${merged?.points.length ?? 0} point(s), feedback ${feedbackId}`);
  for (const { members, agreement } of merged?.points ?? []) {
    const point = members[0]?.point;
    const models = members.map(({ model }) => model).join(", ");
    // A number without a name is an agreement that a newer server knows.
    console.log(`- ${point?.observation} (${Agreement[agreement] ?? "unknown agreement"}: ${models})`);
    if (point?.anchor) {
      console.log(`  ${place(point.anchor, text)}`);
    }
    if (point?.nextStep) {
      console.log(`  next: ${point.nextStep}`);
    }
  }
  for (const { criterionId, score, low, high } of merged?.scores ?? []) {
    if (low !== undefined && high !== undefined) {
      console.log(`score: ${criterionId}: ${score?.toFixed(1) ?? "none"}, ${low.toFixed(1)} to ${high.toFixed(1)}`);
    }
  }
}

/** Says where the anchor is; the place it names in the text must hold what it quotes. */
function place({ start, end, quote }: Anchor, text: string): string {
  const from = utf16Index(text, start);
  const to = utf16Index(text, end);
  if (text.slice(from, to) !== quote) {
    throw new Error(`the text at ${start}..${end} is not what the anchor quotes`);
  }
  return `at ${start}..${end} (UTF-16 ${from}..${to}) as quoted: "${quote}"`;
}

/** The index in a string of the code point with this number: those past U+FFFF take two places. */
function utf16Index(text: string, codePoints: number): number {
  let index = 0;
  for (let passed = 0; passed < codePoints; passed++) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
  }
  return index;
}

/** Says why the call failed. Switch on the reason, never on the message. */
function explain(error: ServiceError): void {
  console.error(`failed: ${error.message}`);
  const [details] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!(details instanceof Buffer)) {
    // The transport's own failure, for example a deadline that passed on this side.
    return;
  }
  for (const { typeUrl, value } of Status.decode(details).details) {
    switch (typeUrl) {
      case "type.googleapis.com/google.rpc.ErrorInfo": {
        const { reason, domain } = ErrorInfo.decode(value);
        console.error(`reason: ${reason} (${domain})`);
        break;
      }
      case "type.googleapis.com/google.rpc.BadRequest":
        for (const { field, description } of BadRequest.decode(value).fieldViolations) {
          console.error(`field: ${field}: ${description}`);
        }
        break;
      case "type.googleapis.com/google.rpc.RetryInfo": {
        const delay = RetryInfo.decode(value).retryDelay;
        console.error(`retry after: ${Number(delay?.seconds) + Number(delay?.nanos) / 1e9} s`);
        break;
      }
    }
  }
}

await main();
