"""Telegram as its users expect it: the real gateway and Application, by polling and by webhook."""

import json

import httpx
import pytest

from bot.city import load_city
from bot.console.auth import Role
from bot.tickets.ticket import Draft
from tests.channels.conftest import PASSWORD, House
from tests.channels.samples import EXE, MP4, OGG, PDF, photo

CITY = load_city()
DANGER = "我在天台上，不想活了，马上就跳下去"


def zh(key: str, **fields: object) -> str:
    return CITY.text(key, "zh", **fields)


def buttons_of(message: dict) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


def ask_with_buttons(text: str) -> list[dict]:
    return [
        {"text": "对吗？", "buttons": [{"title": "对", "payload": "/affirm"}, {"title": "不对", "payload": "/deny"}]}
    ]


# --- words -------------------------------------------------------------------------------------------------


async def test_words_are_answered(house: House) -> None:
    resident = house.person()
    resident.says("路灯坏了")
    await house.hears(resident, "答：路灯坏了")
    await house.idle()
    assert resident.texts == ["答：路灯坏了"]
    assert [entry.author for entry in await house.entries(resident)] == ["resident", "bot"]


async def test_many_messages_are_answered_in_order(house: House) -> None:
    resident = house.person()
    for number in range(20):
        resident.says(f"第{number}句")
    await house.hears(resident, "第19句")
    assert resident.texts == [f"答：第{number}句" for number in range(20)]


async def test_a_long_answer_is_split_at_sentences(house: House) -> None:
    house.engine.answer = lambda text: [{"text": "这是一句话。" * 1_500}]
    resident = house.person()
    resident.says("居住证怎么办")
    await house.idle()
    assert len(resident.texts) == 3
    assert all(text.endswith("。") for text in resident.texts)
    assert "".join(resident.texts) == "这是一句话。" * 1_500


@pytest.mark.parametrize(
    "text", ["<b>粗</b> & <script>", "*a_b`c[d](e)", "a\u202eb", "😀" * 50, "/restart", "_*[]()~`>#+-=|{}.!"]
)
async def test_any_text_goes_in_and_out_as_it_is(house: House, text: str) -> None:
    resident = house.person()
    resident.says(text)
    await house.hears(resident, "答：")
    said = text.replace("\u202e", "")
    assert resident.texts == [f"答：{'／' + said[1:] if said.startswith('/') else said}"]


async def test_typing_is_shown_while_a_turn_runs(house: House) -> None:
    resident = house.person()
    house.engine.gate.clear()
    resident.says("路灯坏了")
    await house.world.until(lambda: (resident.chat.id, "typing") in house.world.actions)
    assert resident.texts == []
    house.engine.gate.set()
    await house.hears(resident, "答：")


async def test_a_reply_and_a_forward_are_told_to_the_operator(house: House) -> None:
    resident = house.person()
    resident.says("路灯坏了")
    await house.hears(resident, "答：路灯坏了")
    origin = {"type": "hidden_user", "sender_user_name": "邻居", "date": 1}
    resident.says("就是这件事", reply_to_message=resident.bubbles[0])
    resident.says("我家也是", forward_origin=origin)
    await house.hears(resident, "我家也是")
    said = [entry.for_staff() for entry in await house.entries(resident) if entry.author == "resident"]
    assert [entry["quote"] for entry in said] == ["", "答：路灯坏了", ""]
    assert [entry["is_forwarded"] for entry in said] == [False, False, True]


# --- commands ----------------------------------------------------------------------------------------------


async def test_the_menu_stands_in_both_languages(house: House) -> None:
    names = ["start", "help", "new", "status", "human", "language", "link", "privacy", "forget"]
    assert {language: [command["command"] for command in menu] for language, menu in house.world.commands.items()} == {
        "": names,
        "zh": names,
        "en": names,
    }
    assert house.world.commands["zh"][3]["description"] == "查我的工单"
    assert house.world.commands["en"][3]["description"] == "My tickets"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", ["help", "privacy"])
async def test_a_command_is_answered_in_the_apps_language(house: House, command: str, language: str) -> None:
    resident = house.person(language=language)
    resident.says(f"/{command}")
    await house.hears(resident, CITY.text(f"commands.{command}", language))
    assert house.engine.asked == []


@pytest.mark.parametrize(("command", "payload"), [("start", "/greet"), ("status", "/check_ticket_status")])
async def test_a_command_that_the_assistant_answers(house: House, command: str, payload: str) -> None:
    resident = house.person()
    resident.says(f"/{command}@hotline_test_bot")
    await house.hears(resident, "答：")
    assert house.engine.asked == [payload]


async def test_new_starts_over(house: House) -> None:
    resident = house.person()
    resident.says("/new")
    await house.hears(resident, zh("commands.new"))
    await house.idle()
    assert house.engine.asked == ["/cancel"]
    assert resident.texts == [zh("commands.new")]


async def test_human_calls_a_person_even_without_the_assistant(house: House) -> None:
    house.engine.is_down = True
    resident = house.person()
    resident.says("/human")
    await house.hears(resident, zh("desk.requested"))
    assert (await house.conversation(resident)).state == "waiting"


async def test_a_deep_link_asks_for_a_ticket(house: House) -> None:
    resident = house.person()
    resident.says("/start ticket_20261123-000042_K7RM3T")
    resident.says("/start ticket_20261123-000042")
    await house.idle()
    assert house.engine.asked == ["查进度 20261123-000042 K7RM3T", "查进度 20261123-000042"]


async def test_the_language_that_was_chosen_holds(house: House) -> None:
    resident = house.person()
    resident.says("/language")
    await house.hears(resident, zh("commands.which_language"))
    resident.presses(resident.bubbles[0], 1)
    await house.hears(resident, CITY.text("commands.language_set", "en"))
    resident.says("路灯坏了")
    await house.hears(resident, "答：")
    assert house.engine.languages == ["en"]
    resident.says("/help")
    await house.hears(resident, CITY.text("commands.help", "en"))


async def test_forget_asks_first_and_then_deletes_words_and_files(house: House) -> None:
    resident = house.person()
    resident.says("我叫王小明")
    resident.shows(photo())
    await house.idle()
    resident.says("/forget")
    await house.hears(resident, zh("commands.forget_sure"))
    resident.presses(resident.bubbles[-1], 0)
    await house.hears(resident, zh("commands.forgotten"))
    await house.idle()
    entries = await house.entries(resident)
    assert [entry.text for entry in entries] == [""] * 7 + [zh("commands.forgotten")], entries
    assert [path for path in house.app.settings.resolved_files_dir.rglob("*") if path.is_file()] == []
    assert house.engine.forgotten == [(await house.conversation(resident)).id]


async def test_what_waits_for_the_assistant_is_forgotten_unread(house: House) -> None:
    house.engine.is_down = True
    resident = house.person()
    resident.says("我叫王小明")
    await house.hears(resident, zh("gateway.assistant_down"))
    resident.says("/forget")
    await house.hears(resident, zh("commands.forget_sure"))
    resident.presses(resident.bubbles[-1], 0)
    await house.hears(resident, zh("commands.forgotten"))
    house.engine.is_down = False
    await house.idle()
    assert house.engine.asked == []
    assert house.engine.forgotten == [(await house.conversation(resident)).id]


# --- buttons -----------------------------------------------------------------------------------------------


async def test_the_chosen_button_is_shown_as_chosen_and_the_rest_removed(house: House) -> None:
    house.engine.answer = ask_with_buttons
    resident = house.person()
    resident.says("路灯坏了")
    await house.hears(resident, "对吗")
    resident.presses(resident.bubbles[0], 0)
    await house.world.until(lambda: buttons_of(resident.bubbles[0]) == ["✓ 对"])
    await house.idle()
    assert house.engine.asked == ["路灯坏了", "/affirm"]
    assert [entry.text for entry in await house.entries(resident)][2] == "对"


async def test_a_button_pressed_twice_does_nothing_twice(house: House) -> None:
    house.engine.answer = ask_with_buttons
    resident = house.person()
    resident.says("路灯坏了")
    await house.hears(resident, "对吗")
    bubble = resident.bubbles[0]
    resident.presses(bubble, 0)
    resident.presses(bubble, 0)
    resident.presses(bubble, 1)
    await house.world.until(lambda: len(house.world.answers) == 3)
    await house.idle()
    assert house.engine.asked == ["路灯坏了", "/affirm"]
    stale = [answer for answer in house.world.answers if answer.get("text") == zh("telegram.stale_button")]
    assert len(stale) == 2
    assert buttons_of(resident.bubbles[0]) == ["✓ 对"]


async def test_an_old_choice_goes_when_the_talk_goes_on_and_is_answered_kindly(house: House) -> None:
    house.engine.answer = ask_with_buttons
    resident = house.person()
    resident.says("路灯坏了")
    await house.hears(resident, "对吗")
    old = resident.bubbles[0]
    house.engine.answer = lambda text: [{"text": "好的"}]
    resident.says("等等")
    await house.world.until(lambda: buttons_of(resident.bubbles[0]) == [])
    resident.presses(old, 0)
    await house.world.until(lambda: house.world.answers)
    assert house.world.answers[0]["text"] == zh("telegram.stale_button")
    await house.idle()
    assert "/affirm" not in house.engine.asked


async def test_news_of_a_ticket_can_be_answered_later(house: House) -> None:
    resident = house.person()
    resident.says("您好")
    await house.hears(resident, "答：")
    conversation = await house.conversation(resident)
    from bot.messages import Button

    payload = '/confirm_resolution{"number": "20261123-000042", "settled": "yes"}'
    fields = {"number": "20261123-000042", "department": "城市管理局", "text": "修好了", "due": ""}
    async with house.app.storage.transaction() as tx:
        await house.app.storage.notice(
            tx,
            conversation.id,
            "tickets.notice.resolved",
            fields,
            house.app.clock(),
            (Button("tickets.button.settled", payload),),
        )
    house.app.worker.wake()
    await house.hears(resident, "修好了")
    news = resident.bubbles[-1]
    resident.says("别的事")
    await house.hears(resident, "别的事")
    resident.presses(news, 0)
    await house.hears(resident, payload)


async def test_a_forged_button_is_nothing(house: House) -> None:
    house.engine.answer = ask_with_buttons
    resident = house.person()
    resident.says("路灯坏了")
    await house.hears(resident, "对吗")
    forged = json.loads(json.dumps(resident.bubbles[0]))
    forged["reply_markup"]["inline_keyboard"][0][0]["callback_data"] = "/affirm"
    resident.presses(forged, 0)
    await house.world.until(lambda: house.world.answers)
    await house.idle()
    assert house.engine.asked == ["路灯坏了"]


# --- danger and people --------------------------------------------------------------------------------------


async def test_danger_is_answered_at_once_and_a_person_comes_by_number(house: House) -> None:
    house.engine.is_down = True
    resident = house.person()
    resident.says(DANGER)
    await house.hears(resident, "12356")
    async with house.staff() as staff:
        (handoff,) = (await staff.get("/handoffs")).json()
        assert (handoff["reason"], handoff["kind"]) == ("crisis", "suicide_self_harm")
        await staff.post(f"/handoffs/{handoff['id']}/claim")
        await house.hears(resident, zh("desk.claimed", operator=1))
        await staff.post(f"/conversations/{handoff['conversation_id']}/messages", json={"text": "我在，请说。"})
        await house.hears(resident, "值班人员（1号）：\n我在，请说。")
        resident.says("我在听")
        await house.idle()
        lines = (await staff.get(f"/conversations/{handoff['conversation_id']}/messages")).json()
        assert lines[-1]["text"] == "我在听"
        await staff.post(f"/handoffs/{handoff['id']}/give-back")
        await house.hears(resident, zh("desk.given_back", operator=1))
    house.engine.is_down = False
    resident.says("路灯坏了")
    await house.hears(resident, "答：路灯坏了")
    assert "admin" not in " ".join(resident.texts)


@pytest.mark.parametrize("way", ["caption", "edit", "document"])
async def test_danger_is_danger_in_a_caption_and_in_an_edit(house: House, way: str) -> None:
    resident = house.person()
    if way == "caption":
        resident.shows(photo(), caption=DANGER)
    elif way == "document":
        resident.attaches("document", PDF, file_name="a.pdf", caption=DANGER)
    else:
        message = resident.says("您好")
        await house.hears(resident, "答：您好")
        resident.edits(message, DANGER)
    await house.hears(resident, "12356")
    await house.idle()
    assert (await house.conversation(resident)).state == "waiting"
    assert DANGER not in house.engine.asked


async def test_an_edit_back_to_danger_is_raised_once(house: House) -> None:
    resident = house.person()
    message = resident.says("您好")
    await house.hears(resident, "答：您好")
    edited = resident.edits(message, DANGER)
    house.world.put({"edited_message": edited})
    await house.hears(resident, "12356")
    await house.idle()
    assert sum("12356" in text for text in resident.texts) == 1


# --- edits -------------------------------------------------------------------------------------------------


async def test_an_edit_corrects_the_same_message_and_is_no_new_turn(house: House) -> None:
    resident = house.person()
    message = resident.says("幸福路88号路灯坏了")
    await house.hears(resident, "答：")
    resident.edits(message, "幸福路8号路灯坏了")
    await house.hears(resident, zh("gateway.corrected"))
    await house.idle()
    assert house.engine.asked == ["幸福路88号路灯坏了"]
    entry = (await house.entries(resident))[0].for_staff()
    assert (entry["text"], entry["former"]) == ("幸福路8号路灯坏了", ["幸福路88号路灯坏了"])


async def test_an_edit_before_the_turn_is_what_the_assistant_reads(house: House) -> None:
    house.engine.is_down = True
    resident = house.person()
    message = resident.says("幸福路88号")
    await house.hears(resident, zh("gateway.assistant_down"))
    resident.edits(message, "幸福路8号")
    await house.world.until(lambda: not house.world.updates)
    house.engine.is_down = False
    await house.hears(resident, "答：幸福路8号")
    assert house.engine.asked == ["幸福路8号"]


async def test_an_edit_after_the_ticket_is_a_note_for_its_department(house: House) -> None:
    resident = house.person()
    message = resident.says("幸福路88号路灯坏了")
    await house.hears(resident, "答：")
    conversation = await house.conversation(resident)
    draft = Draft(conversation.id, "telegram", "zh", "幸福路88号路灯坏了", "street_light")
    ticket = await house.app.tickets.file(draft, key="k")
    resident.edits(message, "幸福路8号路灯坏了")
    await house.hears(resident, zh("gateway.corrected"))
    await house.idle()
    last = (await house.app.tickets.find(ticket.number)).history[-1]
    assert (last.action, last.text) == ("note", zh("gateway.correction_note", text="幸福路8号路灯坏了"))


async def test_a_caption_that_is_added_later_is_answered(house: House) -> None:
    resident = house.person()
    message = resident.shows(photo())
    await house.hears(resident, zh("files.kept"))
    resident.edits({**message, "caption": ""}, "路灯坏了")
    await house.hears(resident, "答：路灯坏了")
    assert (await house.entries(resident))[0].text == "路灯坏了"


async def test_an_edit_that_overtakes_its_message_is_said_once(house: House) -> None:
    resident = house.person()
    message = resident.sends({"text": "第一版"}, deliver=False)
    resident.edits(message, "第二版")
    house.world.put({"message": message})
    await house.hears(resident, "答：第二版")
    await house.idle()
    assert resident.texts == ["答：第二版"]


# --- files -------------------------------------------------------------------------------------------------


async def files_of(house: House, resident: object) -> list:
    conversation = await house.conversation(resident)
    async with house.app.storage.reading() as tx:
        return await house.app.storage.files.of_conversation(tx, conversation.id)


async def test_an_album_is_kept_and_acknowledged_once(house: House) -> None:
    resident = house.person()
    for number in range(4):
        resident.shows(photo(), media_group_id="m1", **({"caption": "路灯坏了"} if number == 0 else {}))
    await house.hears(resident, "答：路灯坏了")
    await house.idle()
    assert sorted(resident.texts) == sorted([zh("files.kept"), "答：路灯坏了"])
    assert [file.status for file in await files_of(house, resident)] == ["kept"] * 4


@pytest.mark.parametrize(
    ("kind", "content", "content_type"),
    [
        ("voice", OGG, "audio/ogg"),
        ("video_note", MP4, "video/mp4"),
        ("video", MP4, "video/mp4"),
        ("audio", OGG, "audio/ogg"),
    ],
)
async def test_what_is_spoken_is_kept_and_one_line_asked_for(
    house: House, kind: str, content: bytes, content_type: str
) -> None:
    resident = house.person()
    resident.attaches(kind, content)
    await house.hears(resident, zh("files.spoken"))
    await house.idle()
    (file,) = await files_of(house, resident)
    assert (file.status, file.content_type) == ("kept", content_type)
    assert house.engine.asked == []


async def test_a_document_is_what_its_content_says(house: House) -> None:
    resident = house.person()
    resident.attaches("document", PDF, file_name="照片.jpg", mime_type="image/jpeg")
    await house.hears(resident, zh("files.kept"))
    await house.idle()
    (file,) = await files_of(house, resident)
    assert (file.content_type, file.name) == ("application/pdf", "照片.pdf")


async def test_a_program_is_refused_and_the_resident_told(house: House) -> None:
    resident = house.person()
    resident.attaches("document", EXE, file_name="photo.jpg", mime_type="image/jpeg")
    await house.hears(resident, zh("errors.file_type"))
    await house.idle()
    (file,) = await files_of(house, resident)
    assert file.status == "refused"
    assert (await house.entries(resident))[0].attachments == ()


async def test_more_than_twenty_megabytes_are_refused(house: House) -> None:
    resident = house.person()
    resident.attaches("document", PDF + b" " * (20 * 2**20), file_name="a.pdf", caption="路灯坏了")
    await house.hears(resident, zh("errors.file_too_large"))
    await house.hears(resident, "答：路灯坏了")


async def test_a_file_without_a_size_that_is_too_large_is_refused_too(house: House) -> None:
    resident = house.person()
    large = house.world.keep(PDF + b" " * (20 * 2**20))
    resident.sends({"document": {"file_id": large, "file_unique_id": "u"}})
    await house.hears(resident, zh("errors.file_too_large"))


async def test_the_place_of_a_photo_is_offered_and_taken_once(house: House) -> None:
    resident = house.person()
    resident.attaches("document", photo((31.2304, 121.4737)), file_name="a.jpg")
    await house.hears(resident, "31.23040, 121.47370")
    offer = resident.bubbles[-1]
    assert buttons_of(offer) == [zh("places.use"), zh("places.skip")]
    resident.presses(offer, 0)
    await house.hears(resident, "/file_complaint")
    payload = json.loads(house.engine.asked[0].removeprefix("/file_complaint"))
    assert payload == {"location": zh("places.point", point="31.23040, 121.47370")}
    assert (await house.entries(resident))[-2].details["place"]["latitude"] == 31.2304


async def test_a_place_that_is_not_wanted_is_left(house: House) -> None:
    resident = house.person()
    resident.attaches("document", photo((31.2304, 121.4737)), file_name="a.jpg")
    await house.hears(resident, "31.23040")
    resident.presses(resident.bubbles[-1], 1)
    await house.hears(resident, zh("places.skipped"))
    assert house.engine.asked == []


async def test_a_shared_place_fills_the_form(house: House) -> None:
    resident = house.person()
    resident.sends({"location": {"latitude": 31.2304, "longitude": 121.4737}})
    venue = {"location": {"latitude": 31.1, "longitude": 121.4}, "title": "幸福公园", "address": "幸福路88号"}
    resident.sends({"location": venue["location"], "venue": venue})
    await house.idle()
    payloads = [json.loads(asked.removeprefix("/file_complaint")) for asked in house.engine.asked]
    assert payloads == [
        {"location": zh("places.point", point="31.23040, 121.47370")},
        {"location": "幸福公园，幸福路88号"},
    ]


async def test_a_contact_is_words(house: House) -> None:
    resident = house.person()
    resident.sends(
        {"contact": {"phone_number": "8613912345678", "first_name": "小明", "last_name": "王", "user_id": 501}}
    )
    resident.sends({"contact": {"phone_number": "+8613912345679", "first_name": "小红"}})
    await house.idle()
    assert house.engine.asked == ["我的电话13912345678", "联系人小红，电话13912345679"]


async def test_a_sticker_and_a_poll_are_answered_kindly(house: House) -> None:
    resident = house.person()
    sticker = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1}
    resident.sends({"sticker": {**sticker, "is_animated": False, "is_video": False, "emoji": "👍"}})
    await house.hears(resident, zh("gateway.sticker"))
    resident.sends({"dice": {"emoji": "🎲", "value": 3}})
    await house.hears(resident, zh("gateway.unsupported"))
    assert house.engine.asked == []


async def test_a_service_message_is_not_answered(house: House) -> None:
    resident = house.person()
    resident.sends({"message_auto_delete_timer_changed": {"message_auto_delete_time": 86400}})
    resident.says("您好")
    await house.hears(resident, "答：您好")
    assert resident.texts == ["答：您好"]


async def test_an_operator_sends_a_file_and_those_off_the_case_get_none(house: House) -> None:
    resident = house.person()
    resident.shows(photo())
    resident.says("/human")
    await house.hears(resident, zh("desk.requested"))
    await house.idle()
    async with house.staff() as staff:
        (handoff,) = (await staff.get("/handoffs")).json()
        path = f"/conversations/{handoff['conversation_id']}"
        (attachment,) = (await staff.get(f"{path}/messages")).json()[0]["attachments"]
        await staff.post(f"/handoffs/{handoff['id']}/claim")
        got = await staff.get(f"/files/{attachment['id']}")
        assert (got.status_code, got.headers["content-type"]) == (200, "image/jpeg")
        assert got.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in got.headers["content-security-policy"]
        sent = await staff.post(f"{path}/files", files={"file": ("表格.pdf", PDF)}, data={"text": "请填这张表"})
        assert sent.status_code == 200
        await house.world.until(lambda: any("document" in bubble for bubble in resident.bubbles))
        assert "值班人员（1号）：\n请填这张表" in resident.texts
        assert (await staff.post(f"{path}/files", files={"file": ("a.exe", EXE)})).status_code == 409
        await house.app.accounts.create("second", PASSWORD, Role.OPERATOR)
        await house.app.accounts.create("officer", PASSWORD, Role.OFFICER, "urban_management")
        for username, status in (("second", 403), ("officer", 404)):
            login = await staff.post("/login", json={"username": username, "password": PASSWORD})
            theirs = {"Authorization": f"Bearer {login.json()['token']}"}
            assert (await staff.get(f"/files/{attachment['id']}", headers=theirs)).status_code == status
    async with httpx.AsyncClient(base_url=house.url) as stranger:
        assert (await stranger.get(f"/api/v1/files/{attachment['id']}")).status_code == 401
        assert (await stranger.get(f"/files/{attachment['id']}")).status_code == 404


# --- where it does not work ------------------------------------------------------------------------------------


async def test_in_a_group_it_says_once_that_it_works_in_private(house: House) -> None:
    group = house.person(-100_200, kind="supergroup")
    group.member("member", "left")
    await house.hears(group, zh("telegram.private_only", name="hotline_test_bot"))
    group.says("/start")
    group.says(DANGER)
    await house.idle()
    assert len(group.texts) == 1
    assert house.engine.asked == []
    async with house.app.storage.reading() as tx:
        assert await house.app.storage.conversations.find(tx, "telegram", None) == []


async def test_a_blocked_bot_ends_with_a_note_and_resumes_when_let_in(house: House) -> None:
    resident = house.person()
    resident.says("/human")
    await house.hears(resident, zh("desk.requested"))
    async with house.staff() as staff:
        (handoff,) = (await staff.get("/handoffs")).json()
        await staff.post(f"/handoffs/{handoff['id']}/claim")
        await house.hears(resident, zh("desk.claimed", operator=1))
        resident.chat.is_blocked = True
        await staff.post(f"/conversations/{handoff['conversation_id']}/messages", json={"text": "在吗？"})
        await house.idle()
        lines = (await staff.get(f"/conversations/{handoff['conversation_id']}/messages")).json()
        assert [(line["author"], line["text"]) for line in lines[-1:]] == [("note", zh("notes.unreachable"))]
        resident.blocks(False)
        await house.hears(resident, "在吗？")
    assert sum("在吗" in text for text in resident.texts) == 1


async def test_a_deleted_account_does_not_stop_the_others(house: House) -> None:
    gone, other = house.person(601), house.person(602)
    house.engine.gate.clear()
    gone.says("路灯坏了")
    await house.world.until(lambda: not house.world.updates)
    gone.chat.is_deleted = True
    house.engine.gate.set()
    other.says("垃圾没人收")
    await house.hears(other, "答：垃圾没人收")
    await house.idle()
    assert [entry.author for entry in await house.entries(gone)] == ["resident", "bot", "note"]


async def test_a_chat_with_a_new_id_is_followed(house: House) -> None:
    resident = house.person(603)
    house.engine.gate.clear()
    resident.says("路灯坏了")
    await house.world.until(lambda: not house.world.updates)
    moved = house.person(604)
    resident.chat.migrated_to = 604
    house.engine.gate.set()
    await house.hears(moved, "答：路灯坏了")
    assert moved.texts == ["答：路灯坏了"]
