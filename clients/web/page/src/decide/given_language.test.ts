import { create } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { GetFeedbackResponseSchema } from "../../generated/chorus/feedback/v1/feedback_service_pb.ts";
import { languageOf } from "./given_language.ts";

function saying(...observations: string[]) {
  const members = observations.map((observation) => ({ point: { observation } }));
  return create(GetFeedbackResponseSchema, { merged: { points: [{ members }] } });
}

test.each([
  ["ko", saying("'her' 표현이 잇달아 두 번 나와요.", "이유가 약합니다.")],
  ["ko", saying("“because”의 철자를 확인해 보세요.")],
  ["en", saying("The word 할수 needs a space.", "The reason is weak.")],
])("what is given back is worded in %s, as the feedback is", (language, response) => {
  expect(languageOf(response, language === "ko" ? "en" : "ko")).toBe(language);
});

test("without a word, the page's language is left", () => {
  expect(languageOf(create(GetFeedbackResponseSchema), "ko")).toBe("ko");
  expect(languageOf(saying("1 + 1"), "en")).toBe("en");
});
