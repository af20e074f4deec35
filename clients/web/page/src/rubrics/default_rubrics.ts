import { fromJson } from "@bufbuild/protobuf";
import { type Rubric, RubricSchema } from "../../generated/chorus/feedback/v1/submission_pb.ts";
import english from "../../../../../orchestrator/rubrics/en.json";
import korean from "../../../../../orchestrator/rubrics/ko.json";

/** The rubrics that the orchestrator uses where a request brings none, as a start for one's own. */
export function defaultRubric(language: "en" | "ko"): Rubric {
  return fromJson(RubricSchema, language === "ko" ? korean : english);
}
