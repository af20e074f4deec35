import type { Words } from "../words.ts";

export const decide: Words["decide"] = {
  heading: "선생님의 결정",
  draft: "선생님이 정하기 전에는 아무것도 확정되지 않아요.",
  final: "글쓴이에게 줄 피드백으로 확정했어요.",
  keep: "그대로",
  edit: "고치기",
  reject: "빼기",
  undo: "미정",
  pointDecision: (number) => `${number}번 의견에 대한 결정`,
  scoreDecision: (title) => `${title} 점수에 대한 결정`,
  kept: "그대로 두었어요",
  edited: "선생님의 말로 고쳤어요",
  rejected: "뺐어요",
  added: "선생님의 의견",
  addPoint: "내 의견 더하기",
  addHere: "본문에서 고른 구절에 내 의견 더하기",
  place: "본문의 자리",
  placeHint: "본문에 있는 말을 그대로 쓰세요. 비우면 글 전체에 대한 의견이에요",
  placeLost: "이 말은 본문에 없어요.",
  placeTwice: "이 말은 본문에 여러 번 나와요. 본문에서 그 자리를 선택하거나 앞뒤 말을 더 써 주세요.",
  observation: "눈에 띈 점",
  kind: "종류",
  severity: "중요도",
  needsObservation: "눈에 띈 점을 써 주세요.",
  ownScore: "내 점수",
  ownScoreHint: (low, high) => `${low}–${high}점`,
  ownScoreWrong: (low, high) => `받지 않았어요. ${low}점에서 ${high}점 사이로 써 주세요.`,
  reason: "이유 (비워 두어도 돼요)",
  open: (count) => `정하지 않은 의견과 점수가 ${count}개 있어요.`,
  keepRest: (count) => `나머지 ${count}개는 그대로 두기`,
  keepAll: (count) => `${count}개 모두 그대로 두기`,
  allDecided: "모두 정했어요.",
  finish: "글쓴이에게 줄 피드백으로 확정",
  reopen: "다시 고치기",
  saving: "저장하는 중…",
  saved: "저장했어요",
  notSaved: "저장하지 못했어요",
  remove: "이 피드백 삭제",
  removeSure: "여기와 서버에서 모두 삭제할까요? 되돌릴 수 없어요.",
};

export const giveBack: Words["giveBack"] = {
  heading: "돌려주기",
  first: "먼저 위에서 글쓴이에게 줄 피드백으로 확정해 주세요.",
  hint: "그대로 두거나 고치거나 더한 것만 나가요. 어느 모델이 한 말인지는 적지 않아요.",
  docx: "워드 (메모로)",
  hwpx: "한글 (메모로)",
  html: "웹 페이지",
  md: "마크다운",
  csv: "의견과 점수 (CSV)",
  print: "인쇄하거나 PDF로 저장",
  needsFile: (format) => `받은 ${format} 파일이 있어야 해요.`,
  making: "파일을 만드는 중…",
  made: (name) => `${name} 파일을 만들었어요.`,
  draftPrint: "초안: 아직 돌려주지 않았어요",
};

export const recent: Words["recent"] = {
  heading: "이 브라우저에서 검토한 글",
  hint: "글은 이 브라우저에만 두고, 서버의 피드백이 만료되면 지워요.",
  untitled: "제목 없음",
  forget: "글 지우기",
};

export const stored: Words["stored"] = {
  expires: (date) => `서버에 ${date}까지 보관해요.`,
};
