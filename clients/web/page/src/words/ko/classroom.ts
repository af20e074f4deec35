import type { Words } from "../words.ts";

export const student: Words["student"] = {
  heading: "가상 학생",
  label: "가상의 글: 모델이 썼고 학생의 글이 아니에요",
  hint: "연습에 쓰는 글이에요. 학생의 글이라고 하지 마세요.",
  task: "학생이 답할 과제",
  level: "수준",
  textLanguage: "글의 언어",
  firstLanguage: "모국어 (비워 두어도 돼요)",
  mastered: "이해한 것 (한 줄에 하나씩)",
  misconceptions: "잘못 알고 있는 것 (한 줄에 하나씩)",
  model: "모델",
  asTask: "과제와 같은 언어",
  noModel: "여기에는 글을 쓰는 모델이 없어요. 무엇을 설정할지는 ‘모델’ 화면에 있어요.",
  write: "쓰기",
  writing: "쓰는 중…",
  by: (model) => `${model} 모델이 썼어요`,
  review: "이 글 검토하기",
};

export const picture: Words["picture"] = {
  heading: "그림",
  hint: "과제에 쓸 그림을 모델이 그려요.",
  prompt: "그림에 담을 것",
  draw: "그리기",
  drawing: "그리는 중…",
  by: (model) => `${model} 모델이 그렸어요`,
  alt: "대체 텍스트",
  altMissing: "모델이 쓰지 않았어요. 그림을 쓰기 전에 써 주세요.",
  save: "그림 저장",
  noModel: "여기에는 그림을 그리는 모델이 없어요. 무엇을 설정할지는 ‘모델’ 화면에 있어요.",
};
