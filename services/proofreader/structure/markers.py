"""Lists the words by which Korean and English texts show their order and their reasons."""

import re
from collections.abc import Mapping

Patterns = Mapping[str, re.Pattern[str]]

# Connectives at the beginning of a sentence, by language and kind.
CONNECTIVES: Mapping[str, Patterns] = {
    "ko": {
        "addition": re.compile(r"(?:그리고|또한?|게다가|더구나|뿐만 아니라|아울러)(?![가-힣])"),
        "contrast": re.compile(r"(?:그러나|하지만|그런데|반면에?|그렇지만|그래도|반대로)(?![가-힣])"),
        "cause": re.compile(r"(?:그래서|따라서|그러므로|왜냐하면|그러니까|때문에|그 결과)(?![가-힣])"),
        "order": re.compile(
            r"(?:먼저|우선|첫째|둘째|셋째|다음으로|마지막으로|끝으로|첫 번째로?|두 번째로?)(?![가-힣])"
        ),
        "example": re.compile(r"(?:예를 들[어면]|예컨대|실제로|이를테면)(?![가-힣])"),
    },
    "en": {
        "addition": re.compile(r"(?:Moreover|Furthermore|In addition|Additionally|Also|Besides)\b"),
        "contrast": re.compile(
            r"(?:However|Nevertheless|On the other hand|In contrast|Although|While|Conversely|Despite)\b"
        ),
        "cause": re.compile(
            r"(?:Therefore|Thus|Hence|Consequently|As a result|Because|For this reason|Since)\b"
        ),
        "order": re.compile(
            r"(?:First|Firstly|Second|Secondly|Third|Thirdly|Next|Finally|Lastly|To begin with)\b"
        ),
        "example": re.compile(r"(?:For example|For instance|In fact|Specifically|To illustrate)\b"),
    },
}
# What joins sentences as well, at their beginning or within: where one stands, none is missed.
JOINING: Patterns = {
    "ko": re.compile(
        r"^(?:그러자|그러면|그러다가?|그러더니|그때|그 ?뒤로?|그제야|그럼에도|그래야|그래서인지|그러니"
        r"|그런|이때|이렇게|이처럼|이어서?|한편|결국|드디어|다만|물론|오히려|특히|즉|곧|다음|마침내|나중에"
        r"|이제는?)(?![가-힣])"
    ),
    "en": re.compile(
        r"^(?:And|But|So|Yet|Still|Or|Nor|Then|Later|Now|Instead|Otherwise|Afterwards?|After|Before|When"
        r"|Until|Once|If|Though|As|That is why|This is why|Even so|Meanwhile|Soon|Of course|Above all"
        r"|In short|To sum up)\b"
        r"|\b(?:however|therefore|though|although|because|nevertheless|consequently|for example"
        r"|for instance|as a result|in fact|of course|so that|whereas)\b"
    ),
}
CONCLUDING: Patterns = {
    "ko": re.compile(r"(?:결론적으로|정리하[면자]|요약하[면자]|종합하면|이처럼|이와 같이|끝으로)(?![가-힣])"),
    "en": re.compile(
        r"(?:In (?:conclusion|summary|short)|To (?:conclude|sum up)|Overall|All in all|Ultimately)\b"
    ),
}
ADDING: Patterns = {
    "ko": re.compile(r"(?:또한|게다가|더구나|아울러)(?![가-힣])"),
    "en": re.compile(r"(?:Moreover|Furthermore|In addition|Additionally)\b"),
}
CLAIM: Patterns = {
    "ko": re.compile(
        r"[가-힣]야 (?:한다|합니다|해요|된다|됩니다|돼요)(?:고 (?:생각|본|봅|믿)|(?![가-힣]))"
        r"|필요가 있(?:다|습니다|어요)|다고 생각(?:한다|합니다|해요)"
    ),
    "en": re.compile(
        r"\b(?:I (?:strongly |firmly )?(?:believe|think|argue)|in my opinion|we (?:should|must)"
        r"|(?:people|government|schools?|everyone|students) (?:should|must))\b",
        re.IGNORECASE,
    ),
}
# These are wide on purpose: where there may be a reason, no claim is reported.
REASON: Patterns = {
    "ko": re.compile(
        r"왜냐하면|때문|므로|니까(?!\?)|따라서|그래서|덕분|예를 들|실제로|예컨대|근거|이유|까닭|통계|조사"
        r"|연구|따르면|[^에\W]서(?![가-힣])"
    ),
    "en": re.compile(
        r"\b(?:because|since|as|due to|so|therefore|thus|hence|for example|for instance|reasons?|evidence"
        r"|according to|research|stud(?:y|ies)|otherwise|data|show\w*)\b|\d",
        re.IGNORECASE,
    ),
}
