"""Tells what a model writes to fill in a field from what it has to say, in English and in Korean."""

import unicodedata

# Letters and digits alone, in lower case: "N/A", "-" and "해당 없음." are among them.
_FILLERS = frozenset(
    {
        "",
        *("na", "nil", "null", "none", "nothing", "notapplicable", "doesnotapply", "empty", "tbd"),
        *("nocomment", "nocomments", "nofeedback", "noissue", "noissues", "nopoint", "nopoints", "noremarks"),
        *("nothingtoadd", "nothingtoreport", "nothingtosay"),
        *("없다", "없어요", "없음", "없습니다"),
        *("해당없다", "해당없어요", "해당없음", "해당없습니다", "해당되지않음", "해당하지않음"),
        *("해당사항없다", "해당사항없어요", "해당사항없음", "해당사항없습니다", "해당사항이없습니다"),
        *("내용없음", "의견없음", "의견없습니다", "지적사항없음", "특이사항없음", "특이사항없습니다"),
    }
)
# No filler is longer, its spaces and punctuation included.
_MAX_LENGTH = 40


def says_nothing(text: str) -> bool:
    """Returns whether a text is empty or a filler; one that only contains a filler says something."""
    text = text.strip()
    if len(text) > _MAX_LENGTH:
        return False
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, folded)) in _FILLERS
