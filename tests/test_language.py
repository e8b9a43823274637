import pytest

from bot.language import detect, languages_in


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("路灯坏了", "zh"),
        ("The street light is out", "en"),
        ("我在Starbucks门口摔倒了", "zh"),
        ("wifi坏了", "zh"),
        ("My name is 李伟 and the light is out on our road", "en"),
        ("hello", "en"),
        ("路燈壞了", "zh"),
    ],
)
def test_the_language_of_words(text: str, language: str) -> None:
    assert detect(text, "") == language


@pytest.mark.parametrize("text", ["13900000000", "😀😀😀", "", "???", "3#5", "20261123-000042", "/restart", "／start"])
def test_what_is_in_neither_language_takes_the_default(text: str) -> None:
    assert detect(text, "") == ""
    assert detect(text, "en") == "en"


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("路灯坏了", {"zh"}),
        ("the lift", {"en"}),
        ("B座的lift坏了", {"zh", "en"}),
        ("A", {"en"}),
        ("路燈", {"zh"}),
        ("13900000000 ？", set()),
    ],
)
def test_the_languages_that_a_text_has_letters_of(text: str, languages: set[str]) -> None:
    assert languages_in(text) == languages
