"""The contract says all that a caller has to know, and its limits are those of the code."""

import re

import pytest

from tests.contract.limits.table import OWN_LIMITS, limits
from tests.contract.proto_comments import Element, elements, files

LIMIT = re.compile(
    r"at (?:most|least) (?:one|\d(?:[\d,.]*\d)?(?: [KM]iB)?)\b"
    r"|\d(?:[\d,.]*\d)? to \d(?:[\d,.]*\d)?"
    r"|above \d(?:[\d,.]*\d)?"
    r"|not negative",
    re.IGNORECASE,
)
UNIT = re.compile(r"[KM]ib", re.IGNORECASE)


def phrases(comment: str) -> set[str]:
    """The limits that a comment states."""
    return {
        UNIT.sub(lambda unit: unit[0].upper().replace("IB", "iB"), found.lower())
        for found in LIMIT.findall(comment)
    }


@pytest.mark.parametrize("element", elements(), ids=lambda element: element.name)
def test_everything_has_a_comment_of_whole_sentences(element: Element) -> None:
    assert element.comment[:1].isupper() or element.comment[:1].isdigit(), element.comment
    assert element.comment.endswith("."), element.comment


def test_every_file_says_its_place_in_each_language() -> None:
    for file in files():
        *folders, version = file.package.split(".")
        camel = [each.capitalize() for each in file.package.split(".")]
        options = file.options
        assert file.name.startswith("/".join((*folders, version)) + "/")
        assert options.go_package == f"chorus.example/{'/'.join((*folders, version))};{folders[-1]}{version}"
        assert (options.java_package, options.java_multiple_files) == (f"example.{file.package}", True)
        assert options.csharp_namespace == ".".join(camel)
        assert options.ruby_package == "::".join(camel)
        assert options.php_namespace == "\\".join(camel)
        assert options.php_metadata_namespace == "\\".join((*camel, "GPBMetadata"))


def test_the_limits_of_the_comments_are_those_of_the_code() -> None:
    stated = {(each.name, phrase) for each in elements() for phrase in phrases(each.comment)}
    assert stated == OWN_LIMITS | {(each.element, each.phrase) for each in limits()}
