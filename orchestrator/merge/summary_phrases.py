"""The phrases in which the summary tells a student of each issue, as praise and as a next step."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrase:
    """The praise and the next step of an issue. Korean phrases hold `{place}`, which a particle follows."""

    strength: str
    next_step: str


KOREAN: Mapping[str, Phrase] = {
    "off_task": Phrase(
        "{place}에서 과제가 묻는 것에 잘 답하고 있어요",
        "{place}에서 하는 이야기가 과제와 어떻게 이어지는지 드러나게 고쳐 보세요",
    ),
    "missing_requirement": Phrase(
        "{place}에서 과제가 요구한 것을 잘 챙겼어요",
        "과제를 다시 읽고 {place}에 빠진 내용을 채워 보세요",
    ),
    "length_format": Phrase(
        "{place}에서 과제의 분량과 형식을 잘 지켰어요",
        "{place}의 분량과 형식을 과제에 맞게 다듬어 보세요",
    ),
    "claim_unclear": Phrase(
        "{place}에서 말하려는 바가 또렷하게 드러나요",
        "{place}에서 말하려는 바가 무엇인지 더 분명하게 써 보세요",
    ),
    "reason_weak": Phrase(
        "{place}에서 든 이유가 주장을 잘 뒷받침해요",
        "{place}에서 왜 그렇게 생각하는지 이유를 한 걸음 더 풀어 써 보세요",
    ),
    "evidence_missing": Phrase(
        "{place}에서 근거를 들어 설명한 점이 좋아요",
        "{place}에 생각을 뒷받침하는 예나 자료를 더해 보세요",
    ),
    "evidence_irrelevant": Phrase(
        "{place}에서 주장에 꼭 맞는 근거를 들었어요",
        "{place}에서 든 근거가 주장과 어떻게 이어지는지 설명하고, 이어지지 않으면 빼 보세요",
    ),
    "counterview_missing": Phrase(
        "{place}에서 다른 입장까지 생각한 점이 좋아요",
        "{place}에 다르게 생각하는 사람의 입장과 그에 대한 답을 더해 보세요",
    ),
    "factual_error": Phrase(
        "{place}에서 사실을 정확하게 다뤘어요",
        "{place}에서 말한 내용이 사실과 맞는지 자료를 찾아 확인해 보세요",
    ),
    "depth": Phrase(
        "{place}에서 내용을 깊이 있게 다뤘어요",
        "{place}에서 다룬 내용을 조금 더 구체적으로 풀어 써 보세요",
    ),
    "introduction": Phrase(
        "{place}의 첫머리에서 읽는 사람의 관심을 끌었어요",
        "{place}의 첫머리에서 무엇에 대한 글인지 먼저 알려 주세요",
    ),
    "conclusion": Phrase(
        "{place}의 끝에서 하고 싶은 말을 잘 마무리했어요",
        "{place}의 끝에서 하고 싶은 말을 다시 정리해 보세요",
    ),
    "paragraph_focus": Phrase(
        "{place}에서 문단을 잘 나누어 쓴 점이 좋아요",
        "{place}에서 한 문단에 한 가지 생각만 담겼는지 살펴보고, 다른 생각은 빼거나 새 문단으로 옮겨 보세요",
    ),
    "order_logic": Phrase(
        "{place}에서 생각을 차근차근 펼친 점이 좋아요",
        "{place}에서 생각을 펼치는 순서가 자연스러운지 다시 살펴보세요",
    ),
    "transition": Phrase(
        "{place}에서 이어 주는 말로 생각을 이은 점이 좋아요",
        "{place}에서 앞뒤가 어떻게 이어지는지 알려 주는 말을 넣어 보세요",
    ),
    "sentence_error": Phrase(
        "{place}에서 문장을 정확하게 썼어요",
        "{place}에서 문장을 소리 내어 읽으면서 앞뒤가 맞는지 살펴보세요",
    ),
    "word_choice": Phrase(
        "{place}에서 뜻에 꼭 맞는 낱말을 골라 썼어요",
        "{place}에서 뜻에 더 잘 맞는 낱말을 찾아보세요",
    ),
    "register_mix": Phrase(
        "{place}에서 말투를 고르게 지켜 썼어요",
        "{place}에서 문장 끝의 말투가 다른 문장들과 같은지 살펴보세요",
    ),
    "repetition": Phrase(
        "{place}에서 같은 말을 되풀이하지 않고 다양하게 표현했어요",
        "{place}에서 되풀이되는 말을 줄이거나 다른 말로 바꿔 보세요",
    ),
    "concision": Phrase(
        "{place}에서 군더더기 없이 간결하게 썼어요",
        "{place}에서 긴 문장은 나누고 없어도 되는 말은 덜어 보세요",
    ),
    "spelling": Phrase(
        "{place}에서 맞춤법을 잘 지켰어요",
        "{place}에서 맞춤법이 맞는지 다시 확인해 보세요",
    ),
    "spacing": Phrase(
        "{place}에서 띄어쓰기를 잘 지켰어요",
        "{place}에서 띄어쓰기가 맞는지 다시 확인해 보세요",
    ),
    "punctuation": Phrase(
        "{place}에서 문장 부호를 알맞게 썼어요",
        "{place}에서 문장 부호가 알맞은지 다시 확인해 보세요",
    ),
    "citation": Phrase(
        "{place}에서 인용과 출처를 바르게 밝혔어요",
        "{place}에서 가져온 내용의 출처를 밝혀 보세요",
    ),
    "other": Phrase(
        "{place}에서 돋보이는 점이 있어요",
        "{place}을 다시 읽으면서 더 좋게 고칠 곳을 찾아보세요",
    ),
}

ENGLISH: Mapping[str, Phrase] = {
    "off_task": Phrase("you answer what the task asks", "make sure you answer what the task asks"),
    "missing_requirement": Phrase(
        "you cover what the task asks for", "reread the task and add what is still missing"
    ),
    "length_format": Phrase(
        "you keep to the length and form of the task", "bring length and form in line with the task"
    ),
    "claim_unclear": Phrase("your main point is clear", "say more clearly what your point is"),
    "reason_weak": Phrase(
        "your reason supports your point well", "explain one step further why you think so"
    ),
    "evidence_missing": Phrase(
        "you back up your point with evidence",
        "add an example, a fact or a source that backs up your point",
    ),
    "evidence_irrelevant": Phrase(
        "your evidence fits your point", "explain how your evidence supports your point, or leave it out"
    ),
    "counterview_missing": Phrase(
        "you take other views into account",
        "think of what someone who disagrees might say, and answer it",
    ),
    "factual_error": Phrase("you get the facts right", "check the facts against a source you trust"),
    "depth": Phrase("you go into useful detail", "go into more detail"),
    "introduction": Phrase(
        "your opening draws the reader in", "open by telling the reader what your text is about"
    ),
    "conclusion": Phrase("you round the text off well", "end by pulling your main points together"),
    "paragraph_focus": Phrase(
        "you divide your ideas into paragraphs",
        "keep to one main idea in each paragraph, and cut or move what belongs to another",
    ),
    "order_logic": Phrase(
        "your ideas follow a clear order", "check that each idea follows from the one before"
    ),
    "transition": Phrase(
        "you link your ideas with joining words",
        "add a linking word so the reader sees how your ideas connect",
    ),
    "sentence_error": Phrase(
        "your sentences are well built", "read what you wrote aloud and check the grammar"
    ),
    "word_choice": Phrase("your words are well chosen", "look for words that say more exactly what you mean"),
    "register_mix": Phrase("you keep to one tone", "keep to one tone, either formal or informal"),
    "repetition": Phrase("you vary your wording", "cut or replace the words you repeat"),
    "concision": Phrase(
        "you put it briefly and clearly", "divide long sentences and cut what you do not need"
    ),
    "spelling": Phrase("your spelling is correct", "check the spelling"),
    "spacing": Phrase("your spacing is correct", "check the spaces between words"),
    "punctuation": Phrase("your punctuation helps the reader", "check the punctuation"),
    "citation": Phrase(
        "you show where your information comes from", "show where your information comes from"
    ),
    "other": Phrase("there is something worth keeping", "read your text again and see what you can improve"),
}
