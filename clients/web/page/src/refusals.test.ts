import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { ErrorInfoSchema } from "../generated/google/rpc/error_details_pb.ts";
import { callFailure } from "./api/call_failure.ts";
import { Refused } from "./api/requests.ts";
import { explainCall } from "./failures.ts";
import { refusalSaid, whyNot } from "./refusals.ts";
import { en } from "./words/en/en.ts";
import { ko } from "./words/ko/ko.ts";

const HANGUL = /\p{Script=Hangul}/u;
const ENGLISH = /[a-z]+ [a-z]+/;

test("a Korean reader hears no English sentence of the server, whatever the reason", () => {
  for (const reason of [...Object.keys(en.refusals), "OF_A_LATER_VERSION"]) {
    const refused = new Refused({ reason, message: "there is no such thing", language: "en", field: "task" });
    const said = whyNot(refused, ko, "ko");
    expect(said).toMatch(HANGUL);
    expect(said).not.toMatch(ENGLISH);
  }
});

test("why a file is not read the server says itself, in the page's language", () => {
  const file = { reason: "RTF", message: "RTF 파일이에요.", language: "ko" };
  expect(refusalSaid(file, ko, "ko")).toBe("RTF 파일이에요.");
  expect(refusalSaid(file, en, "en")).toBe(en.refusals.other("RTF"));
});

test("a line, an amount and a field are told", () => {
  const base = { message: "", language: "en" };
  expect(refusalSaid({ ...base, reason: "ROSTER_TWICE", metadata: { line: 7 } }, ko, "ko")).toContain("7번째");
  const low = { ...base, reason: "LIMIT_TOO_LOW", field: "limit_usd_nanos", metadata: { least_limit_usd_nanos: 30_200_000 } };
  expect(refusalSaid(low, en, "en")).toContain("$0.031");
  expect(refusalSaid({ ...base, reason: "ALREADY_ASKED", field: "models" }, ko, "ko")).toContain(ko.form.models);
});

test("a refusal while decisions are saved is told as such, and not as a server that is away", () => {
  const failure = callFailure(new Refused({ reason: "NO_FEEDBACK", message: "there is none", language: "en" }));
  expect(explainCall(failure, ko, "ko")).toBe(ko.refusals.NO_FEEDBACK);
});

test("what the page's server says of a call is told, too", () => {
  const value = { reason: "CSRF", domain: "chorus.web" };
  const thrown = new ConnectError("the header is not the token", Code.PermissionDenied, undefined, [{ desc: ErrorInfoSchema, value }]);
  expect(explainCall(callFailure(thrown), ko, "ko")).toBe(ko.refusals.CSRF);
});
