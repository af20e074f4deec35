import { Agreement, Panel_State } from "../../../generated/chorus/feedback/v1/merged_pb.ts";
import { Polarity, Severity } from "../../../generated/chorus/feedback/v1/feedback_pb.ts";
import type { Words } from "../words.ts";

export const points: Words["points"] = {
  heading: "의견",
  numbered: (number) => `의견 ${number}`,
  contested: "모델의 의견이 갈리는 곳",
  contestedHint: "선생님의 판단이 가장 필요한 곳이에요.",
  rest: "의견이 갈리지 않는 곳",
  none: "읽은 쪽에서 낸 의견이 없어요.",
  noneByRule: "찾은 것이 없지만 규칙으로만 살폈어요. 글의 내용은 아직 아무도 평가하지 않았어요.",
  noneYet: "아직 온 의견이 없어요.",
  order: "순서",
  byImportance: "중요한 순서",
  byPlace: "글에 나오는 순서",
  inText: "본문에서 보기",
  wholeText: "글 전체에 대한 의견",
  why: "이유",
  next: "다음에 할 일",
  rewrite: "고쳐 쓴 예",
  importance: (severity) => `중요도: ${severity}`,
  criterion: (title) => `기준: ${title}`,
  whoSays: "누가 뭐라고 했는지",
  opposes: (number) => `${number}번 의견과 반대예요`,
  byOne: (model) => `지금까지는 ${model}만의 의견`,
  match: "모델이 인용한 말은 글과 조금 달라요.",
  agreements: {
    [Agreement.UNSPECIFIED]: () => "",
    [Agreement.CONSENSUS]: (models, families) => `${families}개 계통의 모델 ${models}개가 같은 의견이에요`,
    [Agreement.SUPPORTED]: (models, families) => `${families}개 계통의 모델 ${models}개가 같은 의견이에요`,
    [Agreement.SINGLE]: () => "한 계통만의 의견이에요",
    [Agreement.CONTESTED]: () => "의견이 갈려요",
  },
  polarities: {
    [Polarity.UNSPECIFIED]: "의견",
    [Polarity.STRENGTH]: "잘한 점",
    [Polarity.IMPROVEMENT]: "고칠 점",
    [Polarity.QUESTION]: "생각해 볼 점",
  },
  severities: {
    [Severity.UNSPECIFIED]: "",
    [Severity.MINOR]: "낮음",
    [Severity.MODERATE]: "보통",
    [Severity.MAJOR]: "높음",
  },
  issues: {
    off_task: "과제와의 관련",
    missing_requirement: "과제의 요구 사항",
    length_format: "분량과 형식",
    claim_unclear: "주장의 명확성",
    reason_weak: "이유의 설득력",
    evidence_missing: "근거",
    evidence_irrelevant: "근거의 관련성",
    counterview_missing: "다른 입장 고려",
    factual_error: "사실 관계",
    depth: "내용의 깊이",
    introduction: "처음 부분",
    conclusion: "끝 부분",
    paragraph_focus: "문단의 초점",
    order_logic: "전개 순서",
    transition: "이어 주는 말",
    sentence_error: "문장",
    word_choice: "낱말 선택",
    register_mix: "높임·문체",
    repetition: "표현의 다양성",
    concision: "간결성",
    spelling: "맞춤법",
    spacing: "띄어쓰기",
    punctuation: "문장 부호",
    citation: "출처와 인용",
    other: "그 밖",
  },
};

export const summary: Words["summary"] = {
  heading: "요약",
  by: (model) => `${model} 모델이 썼어요`,
  byTemplate: "정해진 틀로 썼어요",
  strength: "잘한 점",
  next: "고칠 점",
};

export const scores: Words["scores"] = {
  heading: "점수",
  plot: (title, low, high, value, from, to) => `${title}: ${value}, 있을 법한 범위 ${from}–${to}, 척도 ${low}–${high}`,
  noScore: "점수 없음",
  notJudged: "판단할 수 없었어요",
  total: "총점",
  totalOf: (value) => `100점 만점에 ${value}점`,
  noTotal: "낼 수 없어요 (점수가 없는 기준이 있어요)",
  noDecidedTotal: "낼 수 없어요 (점수가 없거나 뺀 기준이 있어요)",
  panelTotal: (total) => `(모델이 매긴 점수만으로는 ${total})`,
  noPanelTotal: "(모델이 매긴 점수만으로는 총점을 낼 수 없어요)",
  whoSays: "누가 몇 점을 줬는지",
  raw: (value) => `${value}점을 줬어요`,
  adjusted: (value) => `평소의 엄격함을 고려해 ${value}점으로 봤어요`,
  notCounted: "점수에 넣지 않았어요: 이 글에 준 점수가 평소와 너무 달라서 믿기 어려워요",
  countsLess: "점수에 조금만 넣었어요: 이 글에 준 점수는 평소만큼 믿기 어려워요",
  legend: "막대: 있을 법한 범위, 점: 모델들, 눈금: 모델 하나하나, 마름모: 선생님.",
  agreements: {
    [Agreement.UNSPECIFIED]: "",
    [Agreement.CONSENSUS]: "여러 계통이 일치해요",
    [Agreement.SUPPORTED]: "두 계통이 일치해요",
    [Agreement.SINGLE]: "한 계통만의 의견이에요",
    [Agreement.CONTESTED]: "의견이 갈려요",
  },
};

export const steering: Words["steering"] = {
  heading: "선생님께 여쭤요",
  question: "이 구절은 독자가 아니라 모델에게 하는 말일 수도 있어요. 그런 뜻인가요, 아니면 인용이나 이야기의 일부인가요?",
  verdict: "그럴 수 있다는 것일 뿐, 글쓴이에 대한 판단이 아니에요.",
  confirmed: "이 구절을 읽었을 때 모델의 점수가 움직였어요. 여기 보이는 점수는 이 구절 없이 매긴 것이에요.",
};

export const panel: Words["panel"] = {
  heading: "누가 답했고 무엇을 뺐는지",
  states: {
    [Panel_State.UNSPECIFIED]: () => "",
    [Panel_State.COMPLETE]: (_answered, asked, families) => `물어본 모델 ${asked}개가 모두 답했어요 (${families}개 계통).`,
    [Panel_State.PARTIAL]: (answered, asked, families) => `모델 ${asked}개 중 ${answered}개가 답했어요 (${families}개 계통).`,
    [Panel_State.SINGLE]: (answered, asked) =>
      `모델 ${asked}개 중 ${answered}개가 답했고 모두 같은 계통이에요. 여럿의 의견이 아니라 한 계통의 의견이에요.`,
  },
  missing: "답하지 않은 모델",
  rejected: (count) => `뺀 의견 ${count}개`,
  rejectedHint: "글에서 확인되지 않아 합치지 않은 의견이에요.",
  rejections: {
    "its quotation is not in the submission": "인용한 말이 글에 없어요",
    "its criterion is not in the rubric": "채점 기준표에 없는 기준이에요",
    "it observes nothing": "글에 대해 말한 것이 없어요",
    "said before": "앞에서 이미 한 말이에요",
    "more points than were asked for": "요청한 개수를 넘었어요",
  },
  replayed: "저장해 둔 답이에요. 다시 묻거나 비용을 쓰지 않았어요.",
  notStored: "답을 저장하지 못했어요. 다시 열 수 없고 결정도 저장되지 않아요.",
  cost: "비용",
  tokens: (input, output) => `입력 ${input}토큰, 출력 ${output}토큰`,
};

export const cost: Words["cost"] = {
  unknown: "알 수 없어요",
  free: "무료",
  measured: (amount) => `${amount} (측정값)`,
  estimated: (amount) => `${amount} (추정값)`,
  atLeast: (amount) => `${amount} 이상 (끊긴 호출에 요금이 더 나올 수 있어요)`,
};

export const own: Words["own"] = {
  heading: "모델마다 낸 피드백",
  hint: "합치기 전의 말 그대로 나란히 보여요.",
  show: "나란히 보기",
  hide: "접기",
  noSummary: "요약을 쓰지 않았어요.",
  version: "버전",
  time: "걸린 시간",
};
