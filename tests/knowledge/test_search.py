"""Search with the real encoder over the city's articles, and live reload."""

import json
import os
from pathlib import Path

import pytest

from bot.city import load_city
from bot.encoder import shared_encoder
from bot.errors import Misconfigured
from bot.knowledge.answer import choices, compose, not_known
from bot.knowledge.index import LOOK_EVERY_S, Knowledge
from bot.language import detect

CITY = load_city()


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Knowledge:
    return Knowledge(CITY, shared_encoder(), tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize(
    ("query", "topic"),
    [
        ("办居住证要等几天", "residence_permit"),
        ("女的生孩子单位给放多长时间的假", "maternity_leave"),
        ("退押金房东不给咋办", "rental_deposit"),
        ("How long do I wait for a residence permit?", "residence_permit"),
        ("my landlord will not return my deposit", "rental_deposit"),
        ("boss has not paid my salary for two months", "unpaid_wages"),
    ],
)
def test_a_question_finds_its_article(knowledge: Knowledge, query: str, topic: str) -> None:
    assert topic in [candidate.article.topic for candidate in knowledge.search(query, "zh").candidates[:3]]


@pytest.mark.parametrize("query", ["", "   ", "今天白菜多少钱一斤", "who won the football match", "哈哈哈", "😀😀"])
def test_what_no_editor_wrote_is_not_answered(knowledge: Knowledge, query: str) -> None:
    assert knowledge.search(query, "zh").decision != "answer"


def test_a_short_question_leans_on_the_one_before(knowledge: Knowledge) -> None:
    alone = knowledge.search("那男的呢", "zh", None).candidates
    after = knowledge.search("那男的呢", "zh", "maternity_leave").candidates
    assert after[0].article.topic == "maternity_leave"
    assert alone[0].score < after[0].score


def test_what_leans_on_a_question_that_was_not_answered_is_not_answered_either(knowledge: Knowledge) -> None:
    """`follow_ups.jsonl`: a question of no article, and what was written next: by a third wrongly answered by itself."""
    went_on, new_right = [], []
    for line in Path(__file__).with_name("follow_ups.jsonl").read_text(encoding="utf-8").splitlines():
        told = json.loads(line)
        is_answered = knowledge.search(told["before"], told["lang"]).decision == "answer"
        found = knowledge.search(told["then"], told["lang"], None, "" if is_answered else told["before"])
        is_right = found.candidates[0].article.topic == told["topic"]
        (new_right if told["topic"] else went_on).append((found.decision, is_right))
    assert (len(went_on), len(new_right)) == (60, 60)
    assert sum(decision == "answer" for decision, _ in went_on) <= 4
    assert sum(decision == "answer" for decision, is_right in new_right if is_right) >= 50
    assert all(decision != "none" and is_right for decision, is_right in new_right)


@pytest.mark.parametrize(
    "query", ["另外问一下，押金房东不退怎么办", "by the way, my landlord will not return my deposit"]
)
def test_who_says_that_it_is_something_else_is_taken_at_that(knowledge: Knowledge, query: str) -> None:
    alone = knowledge.search(query, "zh")
    assert knowledge.search(query, "zh", None, "路灯归谁修") == alone


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_answer_holds_only_what_editors_wrote_and_says_on_whose_authority(
    knowledge: Knowledge, language: str
) -> None:
    for topic in ("residence_permit", "newborn_hukou", "telecom_fraud", "work_injury"):
        article = knowledge.article(topic)
        assert article
        reply = compose(article, "how long 多久", language, CITY)
        first, *others = reply.text.splitlines()
        stated = [first, *(line.removeprefix("• ") for line in others if line.startswith("• "))]
        assert set(stated) <= set(article.facts[language])
        assert 2 <= len(stated) <= 5
        assert CITY.departments[article.department].in_(language) in reply.text
        law = article.citations[0].law if language == "zh" else article.citations[0].law_en
        assert law in reply.text
        assert len(reply.buttons) == 2
        assert reply.data == {"article": topic}


@pytest.mark.parametrize(
    ("topic", "query", "first"),
    [
        ("residence_permit", "多久能拿到居住证", "15日"),
        ("residence_permit", "how long until I get the card", "15 days"),
        ("annual_leave", "工作十二年年假有几天", "满10年不满20年的10天"),
        ("annual_leave", "how many days of annual leave after 12 years", "10 days with 10 to under 20 years"),
        ("annual_leave", "do the years with my previous employers count", "earlier employers count"),
        ("annual_leave", "以前单位干的那几年算不算", "以前单位"),
        ("maternity_leave", "我爱人怀孕了，产假多少天", "98天"),
        ("maternity_leave", "my wife is pregnant, how many days of leave does she get", "98 days"),
        ("maternity_leave", "怀孕三个月没保住，能休几天", "流产的15天"),
        ("maternity_leave", "she lost the baby in the third month, how many days", "Miscarriage before"),
    ],
)
def test_the_fact_asked_for_comes_first(knowledge: Knowledge, topic: str, query: str, first: str) -> None:
    article = knowledge.article(topic)
    assert article
    assert first in compose(article, query, detect(query), CITY).text.splitlines()[0]


def test_what_was_not_checked_or_varies_is_said(knowledge: Knowledge) -> None:
    article = knowledge.article("telecom_fraud")
    assert article
    text = compose(article, "", "zh", CITY).text
    assert CITY.text("knowledge.unverified", "zh") in text
    assert "各地不同" in text


@pytest.mark.parametrize(("language", "ending"), [("zh", "核对。咨询电话12333。"), ("en", "2026. Hotline 12333.")])
def test_the_hotline_follows_as_a_sentence_of_its_own(knowledge: Knowledge, language: str, ending: str) -> None:
    article = knowledge.article("annual_leave")
    assert article
    assert ending in compose(article, "", language, CITY).text


def test_neighbours_are_offered_with_a_way_out(knowledge: Knowledge) -> None:
    reply = choices(knowledge.search("护照丢了", "zh"), "zh", CITY)
    assert 2 <= len(reply.buttons) <= 4
    assert '"none"' in reply.buttons[-1].payload
    assert [button.payload for button in not_known("zh", CITY).buttons] == ["/request_human", "/file_complaint"]


def test_a_changed_file_is_live_and_a_broken_one_keeps_its_last_good_version(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    path = folder / "residence_permit.md"
    good = (CITY.file("articles") / "residence_permit.md").read_text(encoding="utf-8")
    path.write_text(good, encoding="utf-8")
    knowledge = Knowledge(load_city(tmp_path), shared_encoder(), tmp_path)
    later = knowledge._looked_at

    def write(text: str) -> None:
        nonlocal later
        path.write_text(text, encoding="utf-8")
        later += 2 * LOOK_EVERY_S
        os.utime(path, (later, later))
        knowledge.reload_if_changed(later)

    write(good.replace("居住证申领与签注", "居住证新名字"))
    article = knowledge.article("residence_permit")
    assert article
    assert article.title.zh == "居住证新名字"
    write("broken")
    article = knowledge.article("residence_permit")
    assert article
    assert article.title.zh == "居住证新名字"


def test_what_is_known_to_have_no_answer_is_not_answered_and_that_is_live(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    article = (CITY.file("articles") / "residence_permit.md").read_text(encoding="utf-8")
    (folder / "residence_permit.md").write_text(article, encoding="utf-8")
    unanswered = tmp_path / "unanswered.yml"
    unanswered.write_text("zh: []\n", encoding="utf-8")
    knowledge = Knowledge(load_city(tmp_path), shared_encoder(), tmp_path)
    question = "居住证能不能当身份证坐飞机"
    before = knowledge.search(question, "zh").candidates[0].score
    later = knowledge._looked_at
    scores = []
    for content in (f"zh: [{question}]\n", "zh: nothing\n"):
        unanswered.write_text(content, encoding="utf-8")
        later += 2 * LOOK_EVERY_S
        os.utime(unanswered, (later, later))
        knowledge.reload_if_changed(later)
        scores.append(knowledge.search(question, "zh").candidates[0].score)
    assert knowledge.search(question, "zh").decision == "none"
    # A broken list keeps its last good version, as an article does.
    assert scores[0] == scores[1] < before


def test_a_broken_list_of_questions_stops_the_start_with_its_name(tmp_path: Path) -> None:
    (tmp_path / "unanswered.yml").write_text("zh: nothing\n", encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"unanswered\.yml"):
        Knowledge(load_city(tmp_path), shared_encoder(), tmp_path)
