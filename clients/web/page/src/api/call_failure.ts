import { Code, ConnectError } from "@connectrpc/connect";
import { type Failure, FailureSchema, ErrorReason } from "../../generated/chorus/model/v1/failure_pb.ts";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "../../generated/google/rpc/error_details_pb.ts";
import { create } from "@bufbuild/protobuf";
import { Refused } from "./requests.ts";

/** Why a call failed. */
export interface CallFailure {
  /** "cancelled": this side stopped it; "unreachable": nothing answered; "refused": `refused` says why; "chorus": `failure` does. */
  kind: "cancelled" | "unreachable" | "refused" | "chorus";
  /** What the page's own server says. */
  refused?: Refused;
  failure: Failure;
  /** One for each model that failed, where fewer answered than were asked for. */
  models: readonly Failure[];
}

/** Turns whatever a call threw into what is known about it. The reason counts, never the message. */
export function callFailure(thrown: unknown): CallFailure {
  const error = ConnectError.from(thrown);
  const refused = thrown instanceof Refused ? thrown : refusalOf(error);
  if (refused !== undefined) {
    return { kind: "refused", refused, failure: create(FailureSchema), models: [] };
  }
  if (error.code === Code.Canceled) {
    return { kind: "cancelled", failure: create(FailureSchema), models: [] };
  }
  const info = error.findDetails(ErrorInfoSchema).find((each) => each.domain === "chorus");
  const failure = create(FailureSchema, {
    reason: reasonOf(info?.reason, error.code),
    message: error.rawMessage,
    metadata: { ...info?.metadata },
    retryDelay: error.findDetails(RetryInfoSchema)[0]?.retryDelay,
  });
  for (const violation of error.findDetails(BadRequestSchema).flatMap((each) => each.fieldViolations)) {
    failure.metadata[violation.field] = violation.description;
  }
  const isSilence = info === undefined && (error.code === Code.Unknown || error.code === Code.Unavailable);
  return { kind: isSilence ? "unreachable" : "chorus", failure, models: error.findDetails(FailureSchema) };
}

/** What the page's own server says of a call that it did not even pass on. */
function refusalOf(error: ConnectError): Refused | undefined {
  const info = error.findDetails(ErrorInfoSchema).find((each) => each.domain === "chorus.web");
  return info && new Refused({ reason: info.reason, message: error.rawMessage });
}

function reasonOf(name: string | undefined, code: Code): ErrorReason {
  const known = name === undefined ? undefined : ErrorReason[name as keyof typeof ErrorReason];
  if (typeof known === "number") {
    return known;
  }
  switch (code) {
    case Code.DeadlineExceeded:
      return ErrorReason.TIMEOUT;
    case Code.Unavailable:
      return ErrorReason.UNAVAILABLE;
    case Code.Unauthenticated:
      return ErrorReason.UNAUTHENTICATED;
    case Code.InvalidArgument:
      return ErrorReason.INVALID_REQUEST;
    default:
      return ErrorReason.INTERNAL;
  }
}
