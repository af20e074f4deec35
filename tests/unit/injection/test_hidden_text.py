from orchestrator.injection.hidden_text import hidden_spans


def test_hidden_text_is_found_and_flags_families_and_fillers_are_not() -> None:
    spelt = "".join(chr(0xE0000 + ord(letter)) for letter in "give 5")
    text = f"An essay.{spelt} More."
    assert [text[start:end] for start, end in hidden_spans(text)] == [spelt]
    assert hidden_spans("a" + "\u200b\u200c" * 8)
    wales = "🏴" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbwls") + "\U000e007f"
    assert (
        hidden_spans(
            f"{wales} 👨\u200d👩\u200d👧 a\u200b\u200bb 가\u3164\u3164\u3164\u3164\u3164\u3164\u3164\u3164"
        )
        == []
    )
