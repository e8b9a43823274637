"""The words that English places are made of. Lists only; read by `places_en.py`."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(word.strip() for word in text.replace("\n", ",").split(",") if word.strip())


STREETS = _words(
    """
    road, rd, street, str, avenue, ave, boulevard, blvd, lane, alley, drive, expressway, highway,
    ring road, ringroad, motorway, flyover, hutong, lu, jie, dao, dadao, xiang, bridge, viaduct, tunnel,
    overpass, underpass, roundabout, pedestrian street, ring, bypass, path
    """
)

KINDS = _words(
    """
    garden, gardens, community, compound, residence, residences, residential compound,
    residential area, residential quarter, court, courtyard, estate, housing estate, apartments,
    apartment, villa, villas, mansion, mansions, terrace, quarter, quarters, homes, homeland,
    housing, new village, village, town, township, district, new district, county, subdistrict,
    neighbourhood, neighborhood, city, square, plaza, mall, shopping mall, shopping centre,
    shopping center, market, farmers market, farmers' market, wet market, vegetable market,
    wholesale market, night market, supermarket, department store, hospital, people's hospital,
    clinic, health centre, health center, school, middle school, primary school, elementary school,
    high school, secondary school, experimental school, junior high, kindergarten, nursery,
    university, college, academy, institute, campus, park, industrial park, industrial zone,
    industrial estate, science park, tech park, technology park, development zone, zone, station,
    metro station, subway station, railway station, train station, bus station, coach station,
    bus stop, stop, hotel, inn, guesthouse, tower, towers, building, buildings, centre, center,
    service centre, service center, library, stadium, gymnasium, museum, theatre, theater, cinema,
    airport, port, wharf, dock, pier, river, lake, creek, canal, stream, reservoir, mountain, hill,
    bay, island, restaurant, hotpot, cafe, bakery, bank, ktv, gym, pool, swimming pool, bar, pub,
    club, pharmacy, factory, plant, mill, dormitory, police station, town hall, hall, service hall,
    government hall, bathhouse, spa, nursing home, care home, temple, garage, car park, parking lot,
    petrol station, gas station, toll station, international, city garden, primary, maternity,
    store, salon, valley, wetland, pavilion, waterfront, business district, area, home, embankment,
    office, walk, yaju, yuan, xiaoqu, cun, newtown, new town, heights, gate, north gate, south gate,
    east gate, west gate, group, crossing, crossroads, intersection, junction, forest, resettlement
    """
)

GENERIC_WORDS = _words(
    """
    a, an, the, my, our, your, his, her, their, this, that, these, those, its, some, any, every,
    each, all, both, no, of, on, in, at, near, by, to, from, and, or, with, off, for, opposite,
    outside, behind, beside, front, next, across, between, under, below, above, facing, right, just,
    same, other, another, whole, entire, main, side, back, rear, north, south, east, west, northern,
    southern, eastern, western, first, second, third, fourth, fifth, sixth, seventh, eighth, ninth,
    tenth, ground, top, upper, lower, middle, end, corner, mouth, bottom, foot, basement, entrance,
    exit, gates, doors, floor, room, unit, flat, block, phase, platform, door, section, shop, stall,
    staircase, house, line, bus, route, metro, subway, big, small, little, old, new, local, public,
    private, city, town, village, country, rural, urban, district, municipal, provincial, national,
    central, busy, narrow, wide, dark, quiet, service, access, express, dirt, mountain, ring,
    residential, housing, gated, shopping, farmers, farmers', wet, vegetable, fruit, fish,
    wholesale, night, department, people's, health, primary, high, elementary, secondary, junior,
    senior, experimental, vocational, kindergarten, nursery, industrial, science, tech, technology,
    development, railway, train, coach, swimming, police, nursing, care, elderly, petrol, gas, toll,
    parking, car, pedestrian, fitness, karaoke, dance, yoga, training, tutoring, language, english,
    driving, music, nail, hair, beauty, massage, bbq, barbecue, hotpot, noodle, seafood, snack,
    milk, tea, coffee, pet, food, fast, chicken, pizza, water, sewage, power, cement, concrete,
    chemical, plastic, paint, steel, paper, furniture, garment, textile, electronics, recycling,
    asphalt, construction, building, office, government, apartment, neighbour, neighbouring, nearby,
    heavy, one, two, three, four, five, community, mixed, five-star, four-star, three-star, star,
    chain, franchise, dumpling, breakfast, internet, net, game, video, sports, football, basketball,
    tennis, playground, children's, women's, maternity, dental, eye, animal, day, boarding,
    bilingual, foreign, international, expensive, cheap, cheapest, whose, which, what, when, where,
    why, how, is, are, was, were, i, we, he, she, it, they, you, please, there, here, who, empty,
    abandoned, closed, unfinished, crowded, mobile, phone, job, labour, labor, real, logistics,
    delivery, courier, property, online, travel, cross, school, hospital, university, college,
    wedding, photo, auto, repair, wash, bike, scooter, electric, charging, bad, good, famous,
    popular, busiest, certain, different, many, several, half, wrong, better, family, parents',
    kids', down, up, into, over, along, past, through, around, no., number, also, but, if, because,
    then, so, dear, hello, hi, since, after, before, mr, mrs, ms, miss, aunt, uncle
    """
) | frozenset(word for kind in KINDS | STREETS for word in kind.split())

NOT_NAMES = _words(
    """
    the, a, an, my, our, your, his, her, their, this, that, there, here, i, we, he, she, it, they,
    you, and, but, or, so, if, when, while, since, because, please, hello, hi, dear, sir, madam, in,
    at, on, near, from, to, of, by, for, with, into, around, along, off, via, live, lives, living,
    is, are, was, were, has, have, had, why, what, where, who, how, which, can, could, would, will,
    do, does, did, not, no, yes, all, every, each, some, any, one, two, three, four, five, six,
    seven, eight, nine, ten, both, another, other, new, old, address, location, place, fix, report,
    reporting, complaint, complain, about, site, noise, problem, issue, broken, today, yesterday,
    tonight, monday, tuesday, wednesday, thursday, friday, saturday, sunday, january, february,
    march, april, may, june, july, august, september, october, november, december, mr, mrs, ms,
    miss, dr, name, phone, call, me, up, down, over, through, walking, cycling, driving, going,
    went, took, take, taking, bought, rent, rented, renting, own, work, worked, working, next, last,
    just, only, even, also, still, now, then, again, after, before, until, during, it's, its, i'm,
    we're, that's, they're, between-, see, look, check, send, stop, get, got, put, let, make, made,
    help, somebody, someone, anyone, nobody, people, residents, children, kids, students, drivers,
    cars, trucks, buses, taxi, taxis, bus-, shop-, owner, boss, manager, whole, entire, night, day,
    morning, evening, afternoon, same, those, these, under-, towards, toward, inside, within, reach,
    visit, visited, whose
    """
)

_SYLLABLES = (
    "zhuang|chuang|shuang|zhang|zheng|zhong|zhuan|chang|cheng|chong|chuan|shang|sheng|shuan|shuai|"
    "jiang|jiong|liang|niang|qiang|qiong|xiang|xiong|guang|huang|kuang|zhai|zhan|zhao|zhen|zhou|zhua|"
    "zhui|zhun|zhuo|chai|chan|chao|chen|chou|chui|chun|shai|shan|shao|shei|shen|shou|shua|shui|shun|"
    "shuo|bang|beng|bian|biao|bing|pang|peng|pian|piao|ping|mang|meng|mian|miao|ming|fang|feng|dang|"
    "deng|dian|diao|ding|dong|duan|tang|teng|tian|tiao|ting|tong|tuan|nang|neng|nian|niao|ning|nong|"
    "nuan|lang|leng|lian|liao|ling|long|luan|gang|geng|gong|guai|guan|kang|keng|kong|kuai|kuan|hang|"
    "heng|hong|huai|huan|jian|jiao|jing|juan|qian|qiao|qing|quan|xian|xiao|xing|xuan|zang|zeng|zong|"
    "zuan|cang|ceng|cong|cuan|sang|seng|song|suan|rang|reng|rong|ruan|wang|weng|yang|ying|yong|yuan|"
    "zha|zhe|zhi|zhu|cha|che|chi|chu|sha|she|shi|shu|bai|ban|bao|bei|ben|bie|bin|pai|pan|pao|pei|pen|"
    "pin|mai|man|mao|mei|men|min|miu|mou|fan|fei|fen|fou|dai|dan|dao|dou|dui|dun|duo|tai|tan|tao|tou|"
    "tui|tun|tuo|nai|nan|nao|nei|nen|nie|nin|niu|nuo|nue|lai|lan|lao|lei|lia|lie|lin|liu|lou|lun|luo|"
    "lue|gai|gan|gao|gei|gen|gou|gua|gui|gun|guo|kai|kan|kao|ken|kou|kua|kui|kun|kuo|hai|han|hao|hei|"
    "hen|hou|hua|hui|hun|huo|jia|jie|jin|jiu|jue|jun|qia|qie|qin|qiu|que|qun|xia|xie|xin|xiu|xue|xun|"
    "zai|zan|zao|zei|zen|zou|zui|zun|zuo|cai|can|cao|cen|cou|cui|cun|cuo|sai|san|sao|sen|sou|sui|sun|"
    "suo|ran|rao|ren|rou|rui|run|ruo|wai|wan|wei|wen|yan|yao|yin|you|yue|yun|ba|bo|bi|bu|pa|po|pi|pu|"
    "ma|mo|me|mi|mu|fa|fo|fu|da|de|di|du|ta|te|ti|tu|na|ne|ni|nu|la|le|li|lu|ga|ge|gu|ka|ke|ku|ha|he|"
    "hu|ji|ju|qi|qu|xi|xu|za|ze|zi|zu|ca|ce|ci|cu|sa|se|si|su|re|ri|ru|wa|wo|wu|ya|ye|yi|yu|ai|an|ao|"
    "en|er|ou|a|e"
)
# The longer syllables stand first: "xian" is one, not "xi" and "an".
PINYIN = rf"(?:(?i:{_SYLLABLES})(?:'?(?i:{_SYLLABLES})){{1,3}})"
"""A word of two to four Chinese syllables in Latin letters, in any case."""

NOT_PLACES = _words(
    """
    china, chinese, june, men, women, again, machine, engine, nine, wine, like, made, same, shame,
    game, gone, done, mine, fine, side, since, bike, site, dishes, please, name, time, home, here,
    there, date, line, change, water, manage, sofa, panda, able, maybe, none, alone
    """
)
"""Words that read as Chinese syllables or stand alone between commas, and are no places."""
