import { classes } from "./classes.ts";
import { student, picture } from "./classroom.ts";
import { decide, giveBack, recent, stored } from "./deciding.ts";
import { failures } from "./failures.ts";
import { points, summary, scores, steering, panel, cost, own } from "./feedback.ts";
import { models } from "./models.ts";
import { refusals } from "./refusals.ts";
import { form, machines, live, text } from "./review.ts";
import { rubrics } from "./rubrics.ts";
import type { Words } from "../words.ts";

export const ko: Words = {
  language: "한국어",
  title: "Chorus",
  subtitle: "여러 모델의 피드백을 한 번에 받아 보세요. 무엇을 돌려줄지는 선생님이 정해요.",
  skip: "본문으로 건너뛰기",
  switchLanguage: "이 페이지의 언어",
  views: {
    label: "화면",
    review: "검토",
    classes: "학급",
    models: "모델",
    rubrics: "채점 기준표",
    student: "가상 학생",
    picture: "그림",
  },
  seconds: (count) => `${count}초`,
  loading: "불러오는 중…",
  close: "닫기",
  cancel: "취소",
  save: "저장",
  remove: "삭제",
  tryAgain: "다시 시도",
  form,
  machines,
  live,
  text,
  points,
  summary,
  scores,
  steering,
  panel,
  cost,
  own,
  decide,
  giveBack,
  recent,
  stored,
  models,
  rubrics,
  student,
  picture,
  failures,
  classes,
  refusals,
};
