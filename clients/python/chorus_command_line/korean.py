"""Holds the words of the command line in Korean."""

from chorus_command_line.words import Words
from chorus_documents.korean import REMARKS
from chorus_wording import korean

KOREAN = Words(
    feedback=korean.KOREAN,
    characters="{count}자",
    asked="물어본 모델",
    waiting="읽는 중",
    points_so_far="지금까지 의견 {count}개",
    points="의견 {count}개",
    left_out="글에서 확인되지 않아 뺀 의견 {count}개",
    stands_in_for="{model} 대신",
    seconds="{seconds}초",
    file_remarks=REMARKS,
    place="{line}번째 줄 {column}번째 글자",
    cost="비용",
    free="무료",
    measured="{cost} (측정값)",
    estimated="{cost} (추정값)",
    at_least="{cost} 이상 (정확히 알 수 없어요: 끊긴 호출에 요금이 더 나올 수 있어요)",
    unknown_cost="알 수 없어요",
    tokens="입력 {input}토큰, 출력 {output}토큰",
    shows_messages=False,
    lacking={
        "LANGUAGE": "한국어와 영어만 읽을 수 있어요",
        "JSON_SCHEMA": "정해진 형식으로 답하지 못해요",
        "IMAGE_INPUT": "그림을 읽지 못해요",
        "IMAGE_OUTPUT": "그림을 그리지 못해요",
    },
    set_this="{setting} 값을 설정하세요",
    set_gemma="{setting} 값을 Gemma 모델의 폴더나 저장소 이름으로 설정하세요",
    set_another="{setting} 값이 거부됐어요. 다른 키를 설정하세요",
    ask_instead="대신 {model} 모델을 쓰세요",
    retry_after="{seconds} 뒤에 다시 해 보세요",
    more_time="--timeout 값을 늘려 보세요",
    needs_of="필요한 양 {needed}, 한도 {limit}",
    say_who="CHORUS_TOKEN 값이나 CHORUS_TLS_DIR의 tls.crt와 tls.key로 누구인지 밝혀 주세요.",
    see_models="어떤 모델을 쓸 수 있고 나머지에 무엇이 필요한지는 `chorus models`로 볼 수 있어요.",
    is_it_running=(
        "{server}에서 Chorus가 실행 중인지 확인하세요. `make up`으로 시작하면 오케스트레이터의 주소가 나와요 "
        "(페이지의 주소와 달라요)."
    ),
    no_orchestrator="{server}에 있는 것은 Chorus 오케스트레이터가 아니에요. 모델 서버의 포트인지 보세요.",
    untrusted_server=(
        "{server}의 인증서를 믿을 수 없어요({why}). CHORUS_TLS_DIR의 ca.crt에 그것을 서명한 기관이 "
        "있고, 인증서에 호스트나 CHORUS_TLS_SERVER_NAME의 이름이 있어야 해요."
    ),
    retired="{date}에 종료됐어요",
    use_instead="{model} 모델을 쓰세요",
    synthetic="가상의 글: {model} 모델이 썼고 학생의 글이 아니에요",
    absent_heading="참여하지 못한 모델과 필요한 설정",
    loading="모델을 불러오고 있어요. 잠시 뒤에 다시 해 보세요",
    unreachable="서버가 답하지 않아요",
)
