import { ErrorReason } from "../../../generated/chorus/model/v1/failure_pb.ts";
import type { Words } from "../words.ts";

export const failures: Words["failures"] = {
  unreachable: "페이지의 서버가 답하지 않아요. Chorus가 실행 중인가요?",
  silent: "지금 Chorus가 답하지 않아요. 1분 뒤에 다시 해도 안 되면 Chorus를 다시 시작해야 해요.",
  cancelled: "멈췄어요.",
  retryAfter: (time) => `${time} 뒤에 다시 해 보세요`,
  set: (setting) => `${setting} 값을 설정하세요`,
  askInstead: (model) => `대신 ${model} 모델을 쓰세요`,
  needsOf: (needed, limit) => `필요한 양 ${needed}, 한도 ${limit}`,
  eachModel: "모델마다의 이유",
  serverSays: (message) => `서버의 말(영어): ${message}`,
  reasons: {
    [ErrorReason.UNSPECIFIED]: "서버 안에서 오류가 났어요",
    [ErrorReason.INVALID_REQUEST]: "요청이 올바르지 않아요",
    [ErrorReason.INPUT_TOO_LONG]: "이 모델에는 글이 너무 길어요",
    [ErrorReason.MODEL_NOT_FOUND]: "없거나 종료된 모델이에요",
    [ErrorReason.NOT_SUPPORTED]: "이 모델은 할 수 없는 일이에요",
    [ErrorReason.PROVIDER_AUTH]: "키가 없거나 거부됐어요",
    [ErrorReason.RATE_LIMITED]: "지금 요청이 너무 많아요",
    [ErrorReason.QUOTA_EXHAUSTED]: "잔액이나 한도를 모두 썼어요",
    [ErrorReason.BUDGET_EXCEEDED]: "정해 둔 비용 한도를 넘게 돼요",
    [ErrorReason.CONTENT_BLOCKED]: "내용 때문에 거부됐어요",
    [ErrorReason.UNAVAILABLE]: "지금 쓸 수 없어요",
    [ErrorReason.OUT_OF_MEMORY]: "메모리가 부족해요",
    [ErrorReason.TIMEOUT]: "시간이 다 됐어요",
    [ErrorReason.BAD_OUTPUT]: "답이 비었거나 끊겼거나, 형식에 맞지 않거나, 같은 말만 하거나, 글에 없는 말을 인용했어요",
    [ErrorReason.QUORUM_NOT_REACHED]: "답한 모델이 요구한 수보다 적어요",
    [ErrorReason.INTERNAL]: "서버 안에서 오류가 났어요",
    [ErrorReason.UNAUTHENTICATED]: "서버가 누구의 요청인지 몰라요",
    [ErrorReason.FEEDBACK_NOT_FOUND]: "그런 피드백이 없어요. 삭제됐거나 기한이 지났어요",
  },
};
