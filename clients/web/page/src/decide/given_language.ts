import type { GetFeedbackResponse } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";

const HANGUL = /\p{Script=Hangul}/gu;
const LATIN = /\p{Script=Latin}/gu;

/** The language of the words around the feedback: its own, whatever language the teacher's page is in. */
export function languageOf<Language extends string>(
  { merged }: Pick<GetFeedbackResponse, "merged">,
  otherwise: Language,
): Language | "ko" | "en" {
  const said = merged?.points.flatMap(({ members }) => members.map(({ point }) => point?.observation ?? "")).join(" ") ?? "";
  const [hangul, latin] = [HANGUL, LATIN].map((letters) => said.match(letters)?.length ?? 0) as [number, number];
  if (hangul === 0 && latin === 0) {
    return otherwise;
  }
  // A Korean sentence on an English word quotes it; an English one seldom quotes so much Korean.
  return hangul * 2 >= latin ? "ko" : "en";
}
