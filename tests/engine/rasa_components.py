"""The pipeline's components on real Rasa messages (run by test_engine.py in the engine's environment)."""

import unittest
from dataclasses import replace

import numpy as np
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from engine.classifier import LinearClassifier
from engine.context import FormContext, Utterance, after_answer, after_cancelling, in_form
from engine.extractor import SpanExtractor
from engine.featurizer import SentenceFeaturizer
from engine.tokenizer import BilingualTokenizer


class Tokens(unittest.TestCase):
    def tokens(self, text):
        tokenizer = BilingualTokenizer(BilingualTokenizer.get_default_config())
        return tokenizer.tokenize(Message(data={TEXT: text}), TEXT)

    def test_chinese_english_and_mixed(self):
        for text, words in [
            ("路灯坏了", ["路灯", "坏", "了"]),
            ("The light is out", ["the", "light", "is", "out"]),
            ("wifi坏了 call me", ["wifi", "坏", "了", "call", "me"]),
            ("路燈壞了", ["路灯", "坏", "了"]),
            ("don't", ["don't"]),
        ]:
            self.assertEqual([token.text for token in self.tokens(text)], words, text)

    def test_offsets_point_into_the_text_and_no_token_is_white_space(self):
        for text in ("  我家  停水 since\tMonday \n", "12345，您好", "😀 路灯", "歷史遺留問題"):
            for token in self.tokens(text):
                self.assertTrue(token.text.strip())
                self.assertEqual(len(text[token.start : token.end]), token.end - token.start)
                self.assertTrue(text[token.start : token.end].strip())

    def test_any_language_is_admitted(self):
        self.assertIsNone(BilingualTokenizer.supported_languages())


class Vectors(unittest.TestCase):
    def test_one_dense_sentence_feature_of_length_one(self):
        featurizer = SentenceFeaturizer(SentenceFeaturizer.get_default_config(), "vectors")
        message = Message(data={TEXT: "路灯坏了"})
        featurizer.process([message])
        _, sentence = message.get_dense_features(TEXT)
        self.assertEqual(sentence.features.shape, (1, 384))
        self.assertAlmostEqual(float((sentence.features**2).sum()) ** 0.5, 1.0, places=2)

    def test_the_two_languages_share_one_space(self):
        featurizer = SentenceFeaturizer(SentenceFeaturizer.get_default_config(), "vectors")
        texts = ["路灯坏了", "The street light is broken", "My wages have not been paid"]
        messages = [Message(data={TEXT: text}) for text in texts]
        featurizer.process(messages)
        zh, same, other = (message.get_dense_features(TEXT)[1].features[0] for message in messages)
        self.assertGreater(float(zh @ same), float(zh @ other))


class Intents(unittest.TestCase):
    """What the classifier makes of a model's chances: rules where the likeliest is in doubt."""

    labels = (
        "greet",
        "file_complaint",
        "request_human",
        "cancel",
        "ask_policy",
        "check_ticket_status",
        "express_crisis",
        "inform",
    )

    def heard(self, text, said, of=None, **metadata):
        """The intent of the text; `said` gives the chances of the texts that the model is asked about. The message is
        `of`, where the test looks at more of it."""

        def chances_of(words):
            return [said[words].get(label, 0.0) for label in self.labels]

        outer = self

        class Model:
            labels = outer.labels

            def chances(self, texts, vectors):
                return np.array([chances_of(words) for words in texts])

            def probabilities(self, words, encoder):
                return list(zip(outer.labels, chances_of(words), strict=True))

        message = of or Message(data={TEXT: text, "metadata": metadata})
        SentenceFeaturizer(SentenceFeaturizer.get_default_config(), "vectors").process([message])
        LinearClassifier(None, None, Model()).process([message])
        self.assertEqual(message.get("intent_ranking")[0], message.get(INTENT))
        return message.get(INTENT)["name"]

    def test_what_tells_a_trouble_behind_a_greeting_counts_more(self):
        greets = {"greet": 0.95}
        for behind, intent in [
            ({"file_complaint": 0.5, "express_crisis": 0.3}, "file_complaint"),
            ({"ask_policy": 0.7}, "ask_policy"),
            ({"request_human": 0.97}, "request_human"),
            ({"request_human": 0.9}, "greet"),
            ({"file_complaint": 0.4}, "greet"),
        ]:
            self.assertEqual(self.heard("您好，路灯", {"您好，路灯": greets, "路灯": behind}), intent, behind)
        self.assertEqual(self.heard("您好", {"您好": greets}), "greet")

    def test_a_first_or_last_sentence_that_surely_wants_a_person_counts_more_than_the_matter_beside_it(self):
        matter, wish = "我的居住证太复杂了。", "请让我和工作人员说话。"
        for whole, alone, intent in [
            ({"file_complaint": 0.7, "request_human": 0.2}, {"request_human": 0.97}, "request_human"),
            ({"file_complaint": 0.7, "request_human": 0.2}, {"request_human": 0.9}, "file_complaint"),
            ({"file_complaint": 0.9, "request_human": 0.05}, {"request_human": 0.97}, "file_complaint"),
        ]:
            for text in (wish + matter, matter + wish):
                said = {text: whole, wish: alone, matter: {"ask_policy": 0.9}}
                self.assertEqual(self.heard(text, said), intent, (text, whole, alone))

    def test_a_person_is_fetched_for_a_clear_wish(self):
        for text, chance, intent in [
            ("找个人跟我说", 0.85, "request_human"),
            ("他们会问我吗", 0.75, "ask_policy"),
            ("你是接线员吗", 0.75, "request_human"),
            ("where is the operator", 0.75, "request_human"),
            ("where is the operator", 0.65, "ask_policy"),
        ]:
            said = {text: {"request_human": chance, "ask_policy": 0.2}}
            self.assertEqual(self.heard(text, said), intent, (text, chance))

    def test_what_is_no_wish_for_a_person_is_the_next_as_surely_as_that_leaves(self):
        text = "then who helps me"
        message = Message(data={TEXT: text})
        self.assertEqual(self.heard(text, {text: {"request_human": 0.8, "ask_policy": 0.15}}, of=message), "ask_policy")
        self.assertAlmostEqual(message.get(INTENT)["confidence"], 0.75)

    def test_nobody_is_fetched_for_who_says_that_nobody_need_be(self):
        for text in ("I will write to them myself, no need to call anybody", "不用找人了", "那个人呢"):
            said = {text: {"request_human": 0.9, "cancel": 0.05}}
            self.assertEqual(self.heard(text, said), "cancel", text)
        self.assertEqual(self.heard("人呢", {"人呢": {"request_human": 0.9, "cancel": 0.05}}), "request_human")

    def test_who_first_asks_after_another_person_asks_on(self):
        for text, intent in [
            ("And my brother? He drives a bus, eleven years now.", "ask_policy"),
            ("那我姐呢？她在厂里干了六年。", "ask_policy"),
            ("My brother drives a bus. Eleven years now.", "file_complaint"),
            ("And the drill began again? No. It was a lorry.", "file_complaint"),
            ("那人呢？我等了一下午了。", "file_complaint"),
        ]:
            said = {text: {"file_complaint": 0.75, "ask_policy": 0.2}}
            self.assertEqual(self.heard(text, said), intent, text)
            self.assertEqual(self.heard(text, said, active_loop="complaint_form"), "file_complaint", text)
            self.assertEqual(self.heard(text, {text: {"file_complaint": 0.97}}), "file_complaint", text)

    def test_who_asks_to_be_told_again_gives_an_answer_to_nothing(self):
        text = "say it again, small letters"
        self.assertEqual(self.heard(text, {text: {"request_human": 0.9}}), "inform")

    def test_an_announced_complaint_is_one_but_inside_the_form(self):
        text = "先记号码，怕断了。我要投诉"
        doubtful = {text: {"cancel": 0.5, "file_complaint": 0.3}}
        self.assertEqual(self.heard(text, doubtful), "file_complaint")
        self.assertEqual(self.heard(text, doubtful, active_loop="complaint_form"), "cancel")
        self.assertEqual(self.heard(text, {text: {"cancel": 0.9}}), "cancel")
        self.assertEqual(self.heard(text, {text: {"inform": 0.97}}), "file_complaint")


class Entities(unittest.TestCase):
    def entities(self, text, **metadata):
        message = Message(data={TEXT: text, "metadata": metadata})
        SpanExtractor.create({}, None, None, None).process([message])
        return {entity["entity"]: entity for entity in message.get(ENTITIES)}

    def test_place_contact_and_language(self):
        found = self.entities("幸福路88号，电话13912345678", language="zh", now="2026-11-24T10:00:00+08:00")
        self.assertIn("幸福路88号", found["location"]["text"])
        self.assertEqual(found["contact"]["value"], "13912345678")
        self.assertEqual(found["language"]["value"], "zh")

    def test_a_payload_holds_only_the_language(self):
        self.assertEqual(set(self.entities('/choose_category{"category": "garbage"}', language="en")), {"language"})


class InForm(unittest.TestCase):
    def test_what_an_utterance_means_inside_the_form(self):
        for asked, intent, confidence, found, text, expected in [
            ("location", "express_anger", 0.8, {"location"}, "幸福路5号，你们从来不管", "inform"),
            ("location", "ask_policy", 0.9, set(), "居住证怎么办？", "ask_policy"),
            ("location", "ask_policy", 0.4, set(), "那边", "inform"),
            ("location", "request_human", 0.9, set(), "转人工", "request_human"),
            ("contact", "request_human", 0.9, set(), "号码我背不下来，等下我问下我女儿", "greet"),
            ("contact", "request_human", 0.9, set(), "wait, let me ask my daughter for it", "greet"),
            ("contact", "request_human", 0.9, set(), "等下，我要找人工问", "request_human"),
            ("occurred_at", "check_ticket_status", 0.9, set(), "多久了说不清，我刚搬来", "inform"),
            ("occurred_at", "check_ticket_status", 0.9, set(), "how long does my case take?", "check_ticket_status"),
            ("location", "request_human", 0.9, set(), "问东问西，派个师傅来不就完了", "inform"),
            ("location", "request_human", 0.9, set(), "enough questions, send a crew already", "inform"),
            ("location", "request_human", 0.9, set(), "send somebody to talk to me", "request_human"),
            ("location", "request_human", 0.9, set(), "叫个人来跟我说话", "request_human"),
            ("location", "request_human", 0.9, set(), "派个人来跟我说话", "request_human"),
            ("location", "cancel", 0.9, set(), "算了不投诉了", "cancel"),
            ("location", "cancel", 0.6, {"location"}, "幸福路5号取消的那个店", "inform"),
            ("contact", "deny", 0.9, set(), "不留", "deny"),
            ("contact", "check_ticket_status", 0.95, {"contact"}, "跟上一件一样，13900000000", "inform"),
            (
                "contact",
                "check_ticket_status",
                0.95,
                {"contact"},
                "13900000000登记的那件怎么样了？",
                "check_ticket_status",
            ),
            ("contact", "deny", 0.9, {"contact"}, "不，打13900000000", "inform"),
            ("contact", "ask_policy", 0.9, {"contact"}, "能不能留我姐的手机？13900000000，可以吗", "inform"),
            ("contact", "ask_policy", 0.9, {"contact"}, "may I give my aunt's number? 13900000000", "inform"),
            ("contact", "ask_policy", 0.9, set(), "can I use my bus card in other cities?", "ask_policy"),
            ("contact", "ask_policy", 0.95, {"anonymous"}, "我不敢留名字，匿名可以吗", "inform"),
            ("contact", "cancel", 0.95, {"anonymous"}, "Leave my name out of it", "inform"),
            ("location", "cancel", 0.95, {"anonymous"}, "Leave my name out of it", "inform"),
            ("location", "cancel", 0.95, set(), "算了不说了", "cancel"),
            ("location", "cancel", 0.95, set(), "单号早丢了，给我重新登记一个", "greet"),
            ("location", "cancel", 0.95, set(), "不用重新登记了", "cancel"),
            ("occurred_at", "ask_policy", 0.5, set(), "my wife says to ask if there is a fine", "ask_policy"),
            (
                "confirmed",
                "request_human",
                0.95,
                {"anonymous"},
                "take my number out, make it anonymous",
                "correct_item",
            ),
            ("confirmed", "request_human", 0.95, {"anonymous"}, "匿名吧，另外给我转人工", "request_human"),
            ("location", "request_human", 0.95, set(), "say it again please", "greet"),
            ("location", "inform", 0.95, {"location"}, "幸福路5号，再说一遍，幸福路5号", "inform"),
            ("contact", "cancel", 0.95, {"anonymous"}, "Leave my name out, and cancel it", "cancel"),
            ("contact", "ask_policy", 0.95, set(), "你们拿电话做什么用？", "ask_policy"),
            (
                "description",
                "ask_policy",
                0.8,
                set(),
                "我们小区的电梯坏了三个月物业一直说在等配件就是不修老人下不了楼真的没办法",
                "inform",
            ),
            ("description", "file_complaint", 0.9, set(), "电梯坏了", "inform"),
            ("description", "ask_policy", 0.9, {"location"}, "解放路口的红绿灯全灭了", "inform"),
            ("description", "ask_policy", 0.9, set(), "想问一下医保能不能给孩子用", "ask_policy"),
            ("description", "ask_policy", 0.9, set(), "I want to know about refunds", "ask_policy"),
            ("occurred_at", "ask_policy", 0.95, {"occurred_at"}, "三月份交的押金", "inform"),
            ("occurred_at", "ask_policy", 0.95, {"occurred_at"}, "三月份交的押金能退吗", "ask_policy"),
            (
                "location",
                "check_ticket_status",
                0.95,
                {"location"},
                "查一下幸福路那件到哪一步了",
                "check_ticket_status",
            ),
            ("occurred_at", "ask_policy", 0.6, set(), "夜里最吵，差不多有半个月", "inform"),
            ("contact", "request_human", 0.9, {"contact"}, "text me, do not ring, 13900000000", "inform"),
            ("contact", "request_human", 0.9, set(), "I want to talk to a person", "request_human"),
            ("confirmed", "affirm", 0.9, set(), "对，提交", "affirm"),
            ("confirmed", "inform", 0.9, {"location"}, "是5号楼", "correct_item"),
            ("confirmed", "deny", 0.9, {"contact"}, "不对，13900000000", "correct_item"),
            ("confirmed", "cancel", 0.95, {"contact"}, "又一想，还是写上13900000000", "correct_item"),
            ("confirmed", "cancel", 0.95, set(), "又一想，不报了", "cancel"),
            ("confirmed", "cancel", 0.95, {"contact"}, "不报了，师傅来修过了，有事打13900000000", "cancel"),
            ("confirmed", "cancel", 0.95, {"contact"}, "cancel it and delete 13900000000 too", "cancel"),
            ("confirmed", "deny", 0.9, set(), "不对", "deny"),
            ("occurred_at", "thank", 0.9, set(), "谢谢", "thank"),
            ("contact", "cancel", 0.95, set(), "不留 房东知道了麻烦", "inform"),
            ("contact", "cancel", 0.95, set(), "no phone, only mend it", "inform"),
            ("contact", "cancel", 0.95, set(), "不留电话 也不投诉了", "cancel"),
            ("contact", "cancel", 0.95, set(), "算了", "cancel"),
            ("confirmed", "cancel", 0.95, set(), "电话不留 怕物业知道", "correct_item"),
            ("location", "cancel", 0.99, set(), "／restart", "greet"),
            ("location", "request_human", 0.9, set(), "能不能帮我让房东把押金退了", "inform"),
            ("location", "request_human", 0.9, set(), "could you please tell him to stop", "inform"),
            ("location", "request_human", 0.9, set(), "帮我找个人说说", "request_human"),
            ("occurred_at", "ask_policy", 0.9, {"occurred_at", "anonymous"}, "三月起，不留电话可以吗？", "inform"),
            ("contact", "ask_policy", 0.9, {"contact"}, "打13900000000还是发短信好？", "ask_policy"),
            ("occurred_at", "check_ticket_status", 0.9, {"occurred_at"}, "9 days now", "inform"),
            ("occurred_at", "check_ticket_status", 0.9, set(), "been like that a good while", "inform"),
            ("occurred_at", "check_ticket_status", 0.9, set(), "快有半个月了", "inform"),
            ("occurred_at", "check_ticket_status", 0.9, set(), "上次那个工单半个月了", "check_ticket_status"),
            ("occurred_at", "check_ticket_status", 0.9, set(), "9 days now and no reply", "check_ticket_status"),
            ("location", "deny", 0.6, set(), "hm no, scrap the taxi thing. too long ago", "cancel"),
            ("location", "inform", 0.6, {"location"}, "forget the taxi, it is at 5 Lake Road", "inform"),
            ("occurred_at", "deny", 0.6, set(), "no, forget the time, I was asleep", "deny"),
            ("occurred_at", "inform", 0.6, set(), "I always forget when", "inform"),
            (
                "location",
                "inform",
                0.6,
                set(),
                "forget it, " + "they come every night with the drill and " * 2,
                "inform",
            ),
        ]:
            said = Utterance(asked, intent, confidence, frozenset(found), text)
            self.assertEqual(in_form(said), expected, (asked, text))

    def test_who_despairs_has_not_cancelled(self):
        words = "夜里就想，一觉不醒也就算了"
        said = Utterance("contact", "cancel", 0.99, frozenset(), words)
        self.assertEqual(in_form(replace(said, is_despair=True)), "greet")
        number = Utterance(
            "confirmed", "cancel", 0.99, frozenset({"contact"}), "还是留一个吧，找不到我咋办，13900000000"
        )
        self.assertEqual(in_form(replace(number, is_despair=True)), "correct_item")
        self.assertEqual(in_form(said), "cancel")

    def test_a_worried_question_takes_nothing_back(self):
        for text, expected in [
            ("我要是投诉，他们会知道是我家吗，孩子还在那儿上学呢", "ask_policy"),
            ("is it dangerous for my visa if I complain?", "ask_policy"),
            ("不报了行吗", "cancel"),
            ("能把这个单子撤掉吗", "cancel"),
            ("can you take my complaint back?", "cancel"),
        ]:
            said = Utterance("contact", "cancel", 0.9, frozenset(), text)
            self.assertEqual(in_form(said), expected, text)

    def test_what_else_was_cancelled_is_told(self):
        for text, expected in [
            ("they cancelled my order and keep the money", "inform"),
            ("the bank should cancel the loan", "inform"),
            ("公司说取消合同就取消合同", "inform"),
            ("cancel the complaint please", "cancel"),
            ("cancel this case", "cancel"),
            ("取消投诉", "cancel"),
        ]:
            said = Utterance("location", "cancel", 0.9, frozenset(), text)
            self.assertEqual(in_form(said), expected, text)

    def test_who_asks_on_after_an_answer_is_heard_so(self):
        for intent, text, expected in [
            ("deny", "那我呢", "ask_policy"),
            ("express_anger", "那流产呢？", "ask_policy"),
            ("nlu_fallback", "我老公呢", "ask_policy"),
            ("check_ticket_status", "and me?", "ask_policy"),
            ("ask_bot_identity", "what about the father", "ask_policy"),
            ("nlu_fallback", "and if I have twins?", "ask_policy"),
            ("request_human", "人呢", "request_human"),
            ("request_human", "转人工呢", "request_human"),
            ("check_ticket_status", "那我的投诉呢", "check_ticket_status"),
            ("check_ticket_status", "what about my complaint?", "check_ticket_status"),
            ("ask_bot_identity", "and you?", "ask_bot_identity"),
            ("file_complaint", "楼下又在打桩了，怎么没人管呢", "file_complaint"),
            ("thank", "and thanks a lot", "thank"),
        ]:
            said = Utterance(asked=None, intent=intent, confidence=0.8, found=frozenset(), text=text)
            self.assertEqual(after_answer(said), expected, text)

    def test_who_goes_on_after_cancelling_had_not_meant_it(self):
        resumed = "resume_complaint"
        for text, intent, found, expected in [
            ("继续", "affirm", set(), resumed),
            ("我没说要取消啊", "deny", set(), resumed),
            ("no no i did not want to cancel", "deny", set(), resumed),
            ("哦你问地方啊，滨江公园南门", "inform", {"location"}, resumed),
            ("I mean the shop by the west gate", "correct_item", {"location"}, resumed),
            ("谢谢，没事了", "thank", set(), "thank"),
            ("不想继续了", "deny", set(), "deny"),
            ("I don't want to go on with it", "cancel", set(), "cancel"),
            ("居住证在哪里办？", "ask_policy", set(), "ask_policy"),
            ("滨江公园几点关门？", "inform", {"location"}, "inform"),
            ("滨江公园南门的路灯坏了", "file_complaint", {"location"}, "file_complaint"),
            ("bye", "goodbye", set(), "goodbye"),
        ]:
            said = Utterance(None, intent, 0.9, frozenset(found), text)
            self.assertEqual(after_cancelling(said), expected, text)

    def test_a_bare_number_is_looked_up_by_nobody(self):
        for asked, text, expected in [
            ("location", "13900000000", "inform"),
            ("occurred_at", "我电话13900000000", "inform"),
            ("confirmed", "13900000000", "correct_item"),
            ("location", "帮我查查上个月13900000000登记的那件投诉现在到哪一步了", "check_ticket_status"),
        ]:
            number = text.index("139")
            entity = {"entity": "contact", "value": "13900000000", "start": number, "end": number + 11}
            metadata = {"active_loop": "complaint_form", "requested_slot": asked}
            heard = {"name": "check_ticket_status", "confidence": 0.95}
            message = Message(data={TEXT: text, INTENT: heard, ENTITIES: [entity], "metadata": metadata})
            FormContext().process([message])
            self.assertEqual(message.get(INTENT)["name"], expected, (asked, text))

    def test_outside_a_form_nothing_changes(self):
        message = Message(
            data={TEXT: "幸福路5号", INTENT: {"name": "express_anger", "confidence": 0.9}, "metadata": {}}
        )
        FormContext().process([message])
        self.assertEqual(message.get(INTENT)["name"], "express_anger")

    def test_a_button_is_what_it_says(self):
        data = {
            TEXT: "/affirm",
            INTENT: {"name": "affirm", "confidence": 1.0},
            "metadata": {"active_loop": "complaint_form", "requested_slot": "location"},
        }
        message = Message(data=data)
        FormContext().process([message])
        self.assertEqual(message.get(INTENT)["name"], "affirm")


if __name__ == "__main__":
    unittest.main()
