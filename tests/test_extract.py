"""What is found in an utterance and what is not: places, times, contacts, and the rest. As many near misses as hits."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.extract import contacts, extract, places, times

CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 11, 24, 15, 0, tzinfo=CHINA)  # a Tuesday


def longest(spans: list) -> str | None:
    return max((span.text for span in spans), key=len, default=None)


PLACES = [
    ("建设路28号门前的路灯不亮", "建设路28号门前"),
    ("投诉和平大道与解放路交叉口的红绿灯", "和平大道与解放路交叉口"),
    ("我家住幸福小区3号楼2单元501，暖气不热", "幸福小区3号楼2单元501"),
    ("地铁2号线人民广场站C口的扶梯坏了", "地铁2号线人民广场站C口"),
    ("就在第三中学东门对面", "第三中学东门对面"),
    ("张家村三组的路没人修", "张家村三组"),
    ("G15高速有个坑", "G15高速"),
    ("103路公交车半小时不来一趟", "103路公交车"),
    ("地址：长青街道望月社区7栋1002室", "长青街道望月社区7栋1002室"),
    ("我在银泰城三楼吃饭吃出虫子", "银泰城三楼"),
    ("中山公园北门广场舞太吵", "中山公园北门"),
    ("市中心医院急诊科排队四个小时", "市中心医院急诊科"),
    ("东风菜市场附近的垃圾堆成山", "东风菜市场附近"),
    ("李家庄村委会旁边的河臭了", "李家庄村委会旁边"),
    ("环城南路和文化街路口积水", "环城南路和文化街路口"),
    ("请来看看翠屏花园二期的电梯", "翠屏花园二期"),
    ("老王烧烤店的油烟直接排到楼上", "老王烧烤店"),
    ("我住在锦绣江南5幢", "锦绣江南5幢"),
    ("滨江大道东段的井盖没了", "滨江大道东段"),
    ("新城区实验小学门口每天堵车", "新城区实验小学门口"),
    ("平安里7号楼没水", "平安里7号楼"),
    ("丹桂弄18号的路灯灭了", "丹桂弄18号"),
    ("城关三小操场有狗", "城关三小"),
    ("市二院住院部的电梯坏了", "市二院住院部"),
    ("万达广场地下车库漏水", "万达广场地下车库"),
    ("南大街一整片都停电", "南大街"),
    ("从昨天开始，下湾村没有水", "下湾村"),
    ("经过民主路的时候被狗追", "民主路"),
    ("杨柳巷18号和20号之间堆着建筑垃圾", "杨柳巷18号"),
    ("火车站西广场有人拉客", "火车站西广场"),
    ("在红星路派出所办居住证被刁难", "红星路派出所"),
    ("工地太吵了", None),
    ("小区门口垃圾没人清", None),
    ("马路上有个大坑", None),
    ("我家楼下有人唱歌", None),
    ("一路上都没有灯", None),
    ("孩子的学校乱收费", None),
    ("医院的医生态度差", None),
    ("夜里睡不着，心里烦", None),
    ("隔壁饭店油烟大", None),
    ("物业公司不作为", None),
    ("公司拖欠工资三个月", None),
    ("单元门坏了没人修", None),
    ("楼道里堆满了纸箱", None),
    ("路灯不亮，路面不平", None),
    ("超市卖过期牛奶", None),
    ("幼儿园老师打孩子", None),
    ("这条街太脏了", None),
    ("到期不退押金", None),
    ("快递站把我的包裹弄丢了", None),
    ("农村的路谁来修", None),
    ("The lamp at 12 Jianshe Road is out", "12 Jianshe Road"),
    ("I live in Building 5, Sunshine Garden and the lift is stuck", "Building 5, Sunshine Garden"),
    (
        "water everywhere outside Line 2 Exit C of People's Square station",
        "outside Line 2 Exit C of People's Square station",
    ),
    (
        "There is a deep hole opposite the east gate of No. 3 Middle School",
        "opposite the east gate of No. 3 Middle School",
    ),
    ("My address is Wenchang Street 66", "Wenchang Street 66"),
    ("noise at the corner of Lotus Road and Station Street", "corner of Lotus Road and Station Street"),
    ("trash near Dongfeng Market for a week", "Dongfeng Market"),
    ("potholes on xingfu road", "xingfu road"),
    ("the bus 36 driver was rude", "bus 36"),
    ("Unit 2, Building 3, Happiness Community has no heating", "Unit 2, Building 3, Happiness Community"),
    ("dogs run loose in Shiqiao village", "Shiqiao village"),
    ("bad smell behind Maple Court", "behind Maple Court"),
    ("the dead tree by the north gate of People's Park", "north gate of People's Park"),
    ("I was overcharged at Wanda Plaza", "Wanda Plaza"),
    ("no water at 18 Garden Lane since Monday", "18 Garden Lane"),
    ("Manhole cover missing on Renmin West Road", "Renmin West Road"),
    ("Fenglin Apartments B 1603, fan noise", "Fenglin Apartments B 1603"),
    ("no gas in block 9 of Lvyin Estate", "block 9 of Lvyin Estate"),
    ("the clinic in Xinlong Town has no doctor", "Xinlong Town"),
    ("G15 expressway exit is full of rubbish", "G15 expressway"),
    ("The main road is broken", None),
    ("the school gate is blocked every day", None),
    ("my street is dark", None),
    ("they took it online 6,000 and gave nothing", None),
    ("The hospital was rude to my mother", None),
    ("please stop the noise", None),
    ("my boss owes me three months of wages", None),
    ("somebody parks in front of the garage", None),
    ("the building next door is too tall", None),
    ("Our village has no water", None),
    ("I complained to the police station twice", None),
    ("the restaurant downstairs is smoky", None),
    ("construction site works at night", None),
    ("The supermarket sold me old milk", None),
    ("a bus stop without a roof", None),
    ("Please fix the elevator on the third floor", None),
]

TIMES = [
    ("昨晚十一点多还在施工", "昨晚十一点多", "2026-11-23T23:00:00+08:00"),
    ("从上周三开始每天夜里吵", "从上周三开始每天夜里", "2026-11-18T22:00:00+08:00"),
    ("今早就没水了", "今早", "2026-11-24T09:00:00+08:00"),
    ("11月20号晚上7点左右摔了一跤", "11月20号晚上7点左右", "2026-11-20T19:00:00+08:00"),
    ("停水三天了", "三天了", "2026-11-21T00:00:00+08:00"),
    ("上个月交的钱", "上个月", "2026-10-24T00:00:00+08:00"),
    ("前天晚上狗咬人", "前天晚上", "2026-11-22T20:00:00+08:00"),
    ("昨天凌晨两点有人飙车", "昨天凌晨两点", "2026-11-23T02:00:00+08:00"),
    ("昨晚一点多还在吵", "昨晚一点多", "2026-11-24T01:00:00+08:00"),
    ("每天早上五点多就开始打桩", "每天早上五点多", "2026-11-24T05:00:00+08:00"),
    ("路灯坏了一个多月没人修", "一个多月", "2026-10-25T00:00:00+08:00"),
    ("已经半个月没人收垃圾", "已经半个月", "2026-11-09T00:00:00+08:00"),
    ("20分钟前看到的", "20分钟前", "2026-11-24T14:40:00+08:00"),
    ("2026年11月3日上午九点半", "2026年11月3日上午九点半", "2026-11-03T09:30:00+08:00"),
    ("去年12月签的合同", "去年12月", "2025-12-01T00:00:00+08:00"),
    ("今天上午十点十分", "今天上午十点十分", "2026-11-24T10:10:00+08:00"),
    ("上周五下午交的材料", "上周五下午", "2026-11-20T15:00:00+08:00"),
    ("十一月初开始不亮", "十一月初开始", "2026-11-01T00:00:00+08:00"),
    ("每天22点到次日3点", "每天22点到次日3点", "2026-11-23T22:00:00+08:00"),
    ("刚刚掉下来一块砖", "刚刚", "2026-11-24T15:00:00+08:00"),
    ("从今年三月到现在", "从今年三月到现在", "2026-03-01T00:00:00+08:00"),
    ("昨晚九点五十坐的车", "昨晚九点五十", "2026-11-23T21:50:00+08:00"),
    ("12月28号下雪那天", "12月28号", "2025-12-28T00:00:00+08:00"),
    ("建设路28号没有灯", None, None),
    ("说好十五天内答复", None, None),
    ("三个人打一个", None, None),
    ("七个工作日没问题吧", None, None),
    ("一共两千八百块", None, None),
    ("住三号楼五单元", None, None),
    ("请你们管一点", None, None),
    ("孩子才三个月", None, None),
    ("天天这样", None, None),
    ("明年三月到期", None, None),
    ("小区二期的电梯", None, None),
    ("夜间施工许可证在哪里办", None, None),
    ("last night around 11 they were drilling", "last night around 11", "2026-11-23T23:00:00+08:00"),
    ("dark since Monday", "since Monday", "2026-11-23T00:00:00+08:00"),
    ("it happened yesterday morning", "yesterday morning", "2026-11-23T09:00:00+08:00"),
    ("yesturday evening, in the noodle shop", "yesturday evening", "2026-11-23T20:00:00+08:00"),
    ("yday", "yday", "2026-11-23T00:00:00+08:00"),
    ("the bus came late today morning", "today morning", "2026-11-24T09:00:00+08:00"),
    ("I fell on 20 November", "20 November", "2026-11-20T00:00:00+08:00"),
    ("no lift for three weeks", "for three weeks", "2026-11-03T00:00:00+08:00"),
    ("music every night after 11 pm", "every night after 11 pm", "2026-11-23T23:00:00+08:00"),
    ("I saw it two days ago", "two days ago", "2026-11-22T00:00:00+08:00"),
    (
        "around half past seven yesterday evening",
        "around half past seven yesterday evening",
        "2026-11-23T19:30:00+08:00",
    ),
    ("at 07:40 this morning", "07:40 this morning", "2026-11-24T07:40:00+08:00"),
    ("from 10 pm to 2 am", "from 10 pm to 2 am", "2026-11-23T22:00:00+08:00"),
    ("unpaid since April", "since April", "2026-04-01T00:00:00+08:00"),
    ("last Saturday they towed it", "last Saturday", "2026-11-21T00:00:00+08:00"),
    ("the night before last a wall fell", "the night before last", "2026-11-22T22:00:00+08:00"),
    ("on November 3rd, 2026", "November 3rd, 2026", "2026-11-03T00:00:00+08:00"),
    ("answer within 15 days please", None, None),
    ("May I ask something", None, None),
    ("three people and two dogs", None, None),
    ("building 5 room 602", None, None),
    ("it cost 300 yuan", None, None),
    ("the second floor is dark", None, None),
    ("20 metres from my door", None, None),
    ("no sun in my room", None, None),
    ("one of the lamps", None, None),
    ("bus 36 never comes", None, None),
]

CONTACTS = [
    ("我电话13912345678", "13912345678", "13912345678"),
    ("联系我 139 1234 5678 谢谢", "139 1234 5678", "13912345678"),
    ("139-1234-5678 找小王", "139-1234-5678", "13912345678"),
    ("+86 13912345678", "+86 13912345678", "13912345678"),
    ("手机：１３９１２３４５６７８", "１３９１２３４５６７８", "13912345678"),
    ("座机0571-88886666", "0571-88886666", "057188886666"),
    ("家里电话 6555 0142", "6555 0142", "65550142"),
    ("打4008001234没人接", "4008001234", "4008001234"),
    ("我的微信号是 lihua_2020", "lihua_2020", "lihua_2020"),
    ("微信wxid88abc", "wxid88abc", "wxid88abc"),
    ("QQ 123456789", "123456789", "123456789"),
    ("邮箱 Li.Wei@example.com", "Li.Wei@example.com", "li.wei@example.com"),
    ("you can reach me at 158 0000 6620 after six", "158 0000 6620", "15800006620"),
    ("my phone is 13700004482", "13700004482", "13700004482"),
    ("call me on 010-62345678", "010-62345678", "01062345678"),
    ("You may ring me on 64419083, I am always in", "64419083", "64419083"),
    ("flats here reach 3200000 now", None, None),
    ("wechat: zhangsan88", "zhangsan88", "zhangsan88"),
    ("mail me: a.b@example.org.", "a.b@example.org", "a.b@example.org"),
    ("WhatsApp +44 7700 900318 please", "+44 7700 900318", "+447700900318"),
    ("reach my son at (604) 555-0142", "(604) 555-0142", "6045550142"),
    ("我在台北，0912-555-123", "0912-555-123", "0912555123"),
    ("手机号是一三八零零五五零一四二", "一三八零零五五零一四二", "13800550142"),
    ("telegram @li_wei_88.", "@li_wei_88", "@li_wei_88"),
    ("weixin li_wei88", "li_wei88", "li_wei88"),
    ("my wechat is liweiwei", "liweiwei", "liweiwei"),
    ("he sent it by wechat voice message", None, None),
    ("between +15 and +20 degrees in my flat", None, None),
    ("一二三四五六七八九十，数到十", None, None),
    ("编号20261123-000042", None, None),
    ("20261123000042到哪一步了", None, None),
    ("身份证110101199003071234", None, None),
    ("交了13800元押金", None, None),
    ("订单号2026112400001234567", None, None),
    ("打了12345没人接", None, None),
    ("报过110和119", None, None),
    ("微信转账给他的", None, None),
    (
        "my phone one three eight, two two zero seven, five one nine four",
        "one three eight, two two zero seven, five one nine four",
        "13822075194",
    ),
    (
        "ring one five nine double five oh 1 two three four five please",
        "one five nine double five oh 1 two three four five",
        "15955012345",
    ),
    ("count with me: one two three four five six seven eight nine ten eleven", None, None),
    ("lines one, three, five and seven stand still, two of nine lamps are out", None, None),
    ("wechat me greenbean_tom", "greenbean_tom", "greenbean_tom"),
    ("add me on telegram tom_2020", "tom_2020", "tom_2020"),
    ("wechat me tomorrow", None, None),
    ("wechat group of our building", None, None),
    ("电话打不通", None, None),
    ("房号1603，12楼", None, None),
    ("the number is wrong", None, None),
    ("I paid 19,600 in cash", None, None),
    ("11月20号19点30", None, None),
]

OTHERS = [
    ("name", "我姓王，住三楼", "王"),
    ("name", "13812345671 姓沈", "沈"),
    ("name", "电话13812345671，姓欧阳。", "欧阳"),
    ("name", "13812345671 他姓沈", None),
    ("name", "姓名和电话都要吗", None),
    ("name", "我叫李建国，电话后面给", "李建国"),
    ("name", "My name is Li Wei.", "Li Wei"),
    ("name", "I am Mrs Qiao, call me", "Mrs Qiao"),
    ("name", "联系人：周女士", "周女士"),
    ("name", "我叫了三次没人来", None),
    ("name", "I am from Canada", None),
    ("name", "I am Not happy", None),
    ("name", "他姓什么不知道", None),
    ("anonymous", "匿名吧", "匿名"),
    ("anonymous", "我不想留电话", "不想留电话"),
    ("anonymous", "I don't want to leave my number", "don't want to leave my number"),
    ("anonymous", "keep it anonymous please", "anonymous"),
    ("anonymous", "leave my name and number out of it", "leave my name and number out"),
    ("anonymous", "I dont want give number", "dont want give number"),
    ("anonymous", "please leave me out of it", "leave me out of it"),
    ("anonymous", "the guards keep me out", None),
    ("anonymous", "a shop without a name", None),
    ("anonymous", "电话打不通", None),
    ("anonymous", "my number is below", None),
    ("ticket_number", "编号20261123-000042到哪了", "20261123-000042"),
    ("ticket_number", "２０２６１１２３－００００４２", "20261123-000042"),
    ("ticket_number", "20261123 000042", "20261123-000042"),
    ("ticket_number", "20261123000042", "20261123-000042"),
    ("ticket_number", "20261323-000042", None),
    ("ticket_number", "2026112300004", None),
    ("ticket_number", "13912345678", None),
    ("access_code", "20261123-000042，查询码K7RM3T", "K7RM3T"),
    ("access_code", "20261123-000042 k7rm3t", "K7RM3T"),
    ("access_code", "my code is QWERTY", "QWERTY"),
    ("access_code", "K7RM3T", "K7RM3T"),
    ("access_code", "请问查询码在哪里", None),
    ("access_code", "the code number please", None),
    ("access_code", "Thanks", None),
    ("access_code", "我家在B座", None),
]


@pytest.mark.parametrize(("text", "expected"), PLACES)
def test_the_place_is_found_as_it_was_written(text: str, expected: str | None) -> None:
    assert longest(places(text)) == expected


@pytest.mark.parametrize(("text", "expected", "value"), TIMES)
def test_the_time_is_found_with_its_moment(text: str, expected: str | None, value: str | None) -> None:
    found = times(text, NOW)
    assert [(span.text, span.value) for span in found] == ([(expected, value)] if expected else [])


@pytest.mark.parametrize(("text", "expected", "value"), CONTACTS)
def test_the_contact_is_found_and_normalised(text: str, expected: str | None, value: str | None) -> None:
    found = contacts(text)
    assert [(span.text, span.value) for span in found] == ([(expected, value)] if expected else [])


@pytest.mark.parametrize(("kind", "text", "value"), OTHERS)
def test_names_anonymity_numbers_and_codes(kind: str, text: str, value: str | None) -> None:
    values = [span.value for span in extract(text, NOW) if span.kind == kind]
    assert values == ([value] if value else [])


def test_all_kinds_stand_in_the_order_of_the_text() -> None:
    text = "昨晚十一点建设路28号工地还在响，我姓王，电话13912345678"
    found = extract(text, NOW)
    assert [(span.kind, span.text) for span in found] == [
        ("time", "昨晚十一点"), ("place", "建设路28号工地"), ("name", "王"), ("contact", "13912345678"),
    ]  # fmt: skip
    assert all(text[span.start : span.end] == span.text for span in found)


def test_a_moment_is_told_in_chinas_time_whatever_zone_now_is_in() -> None:
    late = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # 01:00 of the 24th in China
    assert times("昨天下午三点", late)[0].value == "2026-11-23T15:00:00+08:00"


@pytest.mark.parametrize("text", ["", " ", "？", "👍", "\u200b", "a" * 5_000, "路" * 5_000, "1" * 5_000])
def test_odd_texts_are_read_without_harm(text: str) -> None:
    assert extract(text, NOW) == []
