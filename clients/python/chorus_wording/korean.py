"""What is said of a feedback, in Korean."""

from chorus.feedback.v1 import feedback_pb2, merged_pb2
from chorus.model.v1 import failure_pb2
from chorus_documents.writing.returned_work import Labels
from chorus_wording.words import FeedbackWords, NoteWords

KOREAN = FeedbackWords(
    note=NoteWords(
        labels=Labels(
            language="ko",
            feedback="피드백",
            passage="글의 부분",
            whole_work="글 전체에 대한 의견",
            scores="점수",
            score="점수",
            criterion="평가 기준",
            scale="척도",
            reason="이유",
            kind="종류",
            said="의견",
            importance="중요도",
            total="총점",
        ),
        untitled="제목 없음",
        teacher="선생님",
        polarities={
            feedback_pb2.POLARITY_UNSPECIFIED: "의견",
            feedback_pb2.POLARITY_STRENGTH: "잘한 점",
            feedback_pb2.POLARITY_IMPROVEMENT: "고칠 점",
            feedback_pb2.POLARITY_QUESTION: "생각해 볼 점",
        },
        severities={
            feedback_pb2.SEVERITY_MINOR: "낮음",
            feedback_pb2.SEVERITY_MODERATE: "보통",
            feedback_pb2.SEVERITY_MAJOR: "높음",
        },
        importance="중요도: {severity}",
        issues={
            "off_task": "과제와의 관련",
            "missing_requirement": "과제의 요구 사항",
            "length_format": "분량과 형식",
            "claim_unclear": "주장의 명확성",
            "reason_weak": "이유의 설득력",
            "evidence_missing": "근거",
            "evidence_irrelevant": "근거의 관련성",
            "counterview_missing": "다른 입장 고려",
            "factual_error": "사실 관계",
            "depth": "내용의 깊이",
            "introduction": "처음 부분",
            "conclusion": "끝 부분",
            "paragraph_focus": "문단의 초점",
            "order_logic": "전개 순서",
            "transition": "이어 주는 말",
            "sentence_error": "문장",
            "word_choice": "낱말 선택",
            "register_mix": "높임·문체",
            "repetition": "표현의 다양성",
            "concision": "간결성",
            "spelling": "맞춤법",
            "spacing": "띄어쓰기",
            "punctuation": "문장 부호",
            "citation": "출처와 인용",
            "other": "그 밖",
        },
        under_criterion="기준: {title}",
        why="이유",
        next_step="다음에 할 일",
        rewrite="고쳐 쓴 예",
        quotation="“{text}”",
        agreements={
            merged_pb2.AGREEMENT_CONSENSUS: "{families}의 검토기 {models}개가 같은 의견이에요",
            merged_pb2.AGREEMENT_SUPPORTED: "{families}의 검토기 {models}개가 같은 의견이에요",
            merged_pb2.AGREEMENT_SINGLE: "한 계통의 검토기만 낸 의견이에요",
            merged_pb2.AGREEMENT_CONTESTED: "의견이 갈려요",
        },
        opposed="{points}번과 반대예요",
    ),
    provisional="패널이 읽는 동안 (아직 확정되지 않음)",
    broken_off="답이 도중에 끊겼어요: {reason} ({name}). 그때까지 온 의견이라 아직 확정되지 않았어요.",
    one_family="한 계통",
    families="{count}개 계통",
    summary="요약",
    read_by_rule="언어 모델 없이 규칙으로만 읽었어요 ({looked_at}).",
    read_by_models="언어 모델 {models}개가 읽었어요 ({families}개 계통, 만든 곳이 같으면 한 계통이에요).",
    read_by_rule_too="규칙으로도 읽었어요 ({looked_at}).",
    no_panel="만든 곳이 같은 검토기(한 계통)만의 의견이고, 여럿의 의견을 모은 것이 아니에요.",
    looked_at={
        "chorus/proofreader-language": "맞춤법, 띄어쓰기, 문체",
        "chorus/proofreader-structure": "글의 짜임",
    },
    own_readers={
        "chorus/proofreader-language": "언어 규칙 검토기",
        "chorus/proofreader-structure": "짜임 규칙 검토기",
    },
    worded_by="{model} 모델이 썼어요",
    template_instead="정해진 틀로 썼어요. {model} 모델에서 쓸 만한 답이 오지 않았어요",
    points_heading="의견 (중요한 순서)",
    no_points="읽은 쪽에서 낸 의견이 없어요.",
    no_points_by_rule=(
        "찾은 것이 없지만 규칙으로만 살폈어요 ({looked_at}). 글의 내용은 아직 아무도 평가하지 않았어요."
    ),
    no_score="의견이 갈려요",
    score_agreements={
        merged_pb2.AGREEMENT_CONSENSUS: "여러 계통이 일치해요",
        merged_pb2.AGREEMENT_SUPPORTED: "두 계통이 일치해요",
        merged_pb2.AGREEMENT_SINGLE: "한 계통의 검토기만 낸 의견이에요",
        merged_pb2.AGREEMENT_CONTESTED: "의견이 갈려요",
    },
    scale="{low}–{high}점 척도",
    not_scored="채점하지 않았어요",
    nothing_scored="점수를 매긴 검토기가 없어요.",
    total="총점",
    no_total="없어요 (점수를 매기지 못한 기준이 있어요)",
    task="과제",
    text="글",
    range="있을 법한 범위",
    agreement="일치",
    injections_heading="선생님께 여쭤봐요: 이 구절은 누구에게 하는 말일까요?",
    injections_note=(
        "채점하는 쪽에 하는 말일 수도 있고, 감사 인사나 인용, 예시처럼 아무 문제가 없는 말일 수도 있어요. "
        "글쓴이의 뜻은 Chorus가 알 수 없고, 괜히 여쭤보는 때도 많아요. 직접 읽고 판단해 주세요."
    ),
    injections_unconfirmed="이 구절 때문에 Chorus가 점수를 바꾸지는 않았어요.",
    injections_confirmed=(
        "이 구절을 빼고 읽었을 때 점수를 다르게 매긴 모델이 있어서, "
        "여기 보이는 점수는 이 구절 없이 매긴 것이에요. "
        "이는 모델이 글을 읽는 방식에 관한 것이지, 글쓴이의 뜻을 말해 주는 것은 아니에요."
    ),
    panel="패널",
    panel_states={
        merged_pb2.Panel.STATE_COMPLETE: "물어본 모델 {asked}개가 모두 답했어요 ({families}).",
        merged_pb2.Panel.STATE_PARTIAL: "모델 {asked}개 중 {answered}개가 답했어요 ({families}).",
        merged_pb2.Panel.STATE_SINGLE: (
            "모델 {asked}개 중 {answered}개가 답했고 모두 같은 계통이에요. "
            "패널의 의견이 아니라 한 계통의 의견이에요."
        ),
    },
    missing="답하지 않은 모델",
    replayed="저장해 둔 답이에요. 다시 묻거나 비용을 쓰지 않았어요.",
    feedback_id="피드백 번호",
    reasons={
        failure_pb2.ERROR_REASON_INVALID_REQUEST: "요청이 올바르지 않아요",
        failure_pb2.ERROR_REASON_INPUT_TOO_LONG: "이 모델에는 글이 너무 길어요",
        failure_pb2.ERROR_REASON_MODEL_NOT_FOUND: "없거나 종료된 모델이에요",
        failure_pb2.ERROR_REASON_NOT_SUPPORTED: "이 모델은 할 수 없는 일이에요",
        failure_pb2.ERROR_REASON_PROVIDER_AUTH: "키가 없거나 거부됐어요",
        failure_pb2.ERROR_REASON_RATE_LIMITED: "지금 요청이 너무 많아요",
        failure_pb2.ERROR_REASON_QUOTA_EXHAUSTED: "잔액이나 한도를 모두 썼어요",
        failure_pb2.ERROR_REASON_BUDGET_EXCEEDED: "정해 둔 비용 한도를 넘게 돼요",
        failure_pb2.ERROR_REASON_CONTENT_BLOCKED: "내용 때문에 거부됐어요",
        failure_pb2.ERROR_REASON_UNAVAILABLE: "지금 쓸 수 없어요",
        failure_pb2.ERROR_REASON_OUT_OF_MEMORY: "메모리가 부족해요",
        failure_pb2.ERROR_REASON_TIMEOUT: "시간이 다 됐어요",
        failure_pb2.ERROR_REASON_BAD_OUTPUT: (
            "답이 비었거나 끊겼거나, 형식에 맞지 않거나, 같은 말만 하거나, 글에 없는 말을 인용했어요"
        ),
        failure_pb2.ERROR_REASON_QUORUM_NOT_REACHED: "답한 모델이 요구한 수보다 적어요",
        failure_pb2.ERROR_REASON_INTERNAL: "서버 안에서 오류가 났어요",
        failure_pb2.ERROR_REASON_UNAUTHENTICATED: "서버가 누구의 요청인지 몰라요",
        failure_pb2.ERROR_REASON_FEEDBACK_NOT_FOUND: "그런 피드백이 없어요",
    },
)
