"""Sentences that look like something they are not. All are written for these tests; they report nothing real."""

from __future__ import annotations

from collections.abc import Callable

from workers.items import Event, Tags

Tag = Callable[..., Tags]


def ids(tags: Tags) -> set[str]:
    return {entity.id for entity in tags.entities}


def mentions(tags: Tags, entity: str) -> list[str]:
    return [mention.text for one in tags.entities if one.id == entity for mention in one.mentions]


def event(tags: Tags, rule: str) -> Event:
    return next(one for one in tags.events if one.rule == rule)


def test_sharaa_is_the_president_in_diplomatic_news(tag: Tag) -> None:
    """الشرع beside a delegation is the man, and his meeting is a CONSULT with Russia."""
    tags = tag("التقى الشرع وفداً روسياً رفيعاً في قصر الشعب.")
    assert "sharaa" in ids(tags)
    assert event(tags, "meet").actor_country == ("SYR",)
    assert event(tags, "meet").recipient_country == ("RUS",)


def test_sharaa_is_religious_law_in_books(tag: Tag) -> None:
    """الشرع beside أحكام is no person."""
    assert "sharaa" not in ids(tag("تُدرّس أحكام الشرع في كلية الفقه."))


def test_another_assad_is_not_bashar(tag: Tag) -> None:
    """A longer name wins over the family name inside it."""
    tags = tag("توعدت واشنطن ماهر الأسد بعقوبات إضافية.")
    assert "maher-assad" in ids(tags)
    assert "bashar-assad" not in ids(tags)


def test_a_base_named_after_a_lion_is_no_assad(tag: Tag) -> None:
    """عين الأسد is a base in Iraq."""
    tags = tag("سقطت قذائف قرب قاعدة عين الأسد غرب العراق.")
    assert "ain-al-asad" in ids(tags)
    assert not any("assad" in one for one in ids(tags))


def test_a_channel_named_after_a_country_is_not_the_country(tag: Tag) -> None:
    """نقلت روسيا اليوم عن: a medium is cited, no country acts."""
    tags = tag("نقلت روسيا اليوم عن مركز رصد الزلازل أن هزة ضربت تشيلي.")
    assert ids(tags) == {"rt"}
    assert [(one.id, one.role) for one in tags.citations] == [("rt", "cited")]
    assert tags.relevance.grade == 0


def test_a_country_and_an_adverb_are_not_the_channel(tag: Tag) -> None:
    """إلى روسيا اليوم: the country, today."""
    tags = tag("تصل إلى روسيا اليوم بعثة تجارية سورية.")
    assert "russia" in ids(tags)
    assert "rt" not in ids(tags)
    assert tags.relevance.grade == 3


def test_a_football_club_is_not_in_russia(tag: Tag) -> None:
    """بروسيا before دورتموند holds no ب."""
    assert "russia" not in ids(tag("خسر بروسيا دورتموند على أرضه أمام ضيفه."))


def test_prussia_is_not_in_russia(tag: Tag) -> None:
    """بروسيا beside a German kingdom holds no ب."""
    assert "russia" not in ids(tag("كانت بروسيا مملكة ألمانية قوية."))


def test_belarus_holds_no_russia(tag: Tag) -> None:
    """A name inside a longer token is no mention."""
    tags = tag("وصل وفد من بيلاروسيا إلى دمشق.")
    assert "belarus" in ids(tags)
    assert "russia" not in ids(tags)
    assert tags.relevance.grade == 0


def test_an_adjective_names_nobody(tag: Tag) -> None:
    """Marrying Russian women is no relation of states."""
    tags = tag("تزوج ثلاثة إخوة من روسيات.")
    assert ids(tags) == set()
    assert tags.relevance.grade == 0


def test_a_drop_and_a_train_are_not_qatar(tag: Tag) -> None:
    """قطرة and القطار are other words."""
    assert "qatar" not in ids(tag("شربت آخر قطرة ماء، ثم غادر القطار."))


def test_protectors_are_not_a_city(tag: Tag) -> None:
    """حماة الديار protects, أهل حماة live there."""
    assert mentions(tag("هؤلاء حماة الديار، وليسوا من أهل حماة."), "hama") == ["حماة"]


def test_milk_is_not_aleppo(tag: Tag) -> None:
    """حليب and محلب are other words."""
    assert "aleppo" not in ids(tag("يباع حليب الأطفال قرب محلب القرية."))


def test_a_name_in_three_cases_is_one_person(tag: Tag) -> None:
    """أبو, أبي and أبا قصرة are the same, with the proclitic outside the mention."""
    tags = tag("اجتمع بيلوسوف بأبي قصرة ثم ودّع أبا قصرة عند الطائرة.")
    assert mentions(tags, "abu-qasra") == ["أبي قصرة", "أبا قصرة"]
    assert event(tags, "meet").recipient == ("abu-qasra",)


def test_an_agency_is_not_peeled(tag: Tag) -> None:
    """واشنطن بوست is a newspaper, its و no "and"."""
    tags = tag("وقعت صحيفة واشنطن بوست عقداً للطباعة.")
    assert "washington-post" in ids(tags)
    assert "washington" not in ids(tags)


def test_citing_an_agency_is_not_its_country_acting(tag: Tag) -> None:
    """الروسية modifies the source."""
    tags = tag("ذكرت وكالة تاس الروسية أن أسعار القمح تراجعت.")
    assert [(one.id, one.role) for one in tags.citations] == [("tass", "cited")]
    assert tags.relevance.grade == 0
    assert tags.relevance.against


def test_a_language_acts_nowhere(tag: Tag) -> None:
    """Learning Russian in Beirut is no relation."""
    assert tag("افتتح معهد لتعليم اللغة الروسية في بيروت.").relevance.grade == 0


def test_made_in_is_no_actor(tag: Tag) -> None:
    """روسية الصنع speaks of a rifle."""
    assert tag("صادر الأمن بندقية روسية الصنع في درعا.").relevance.grade <= 1


def test_a_strike_on_a_third_country_is_none_of_ours(tag: Tag) -> None:
    """Russia and Ukraine, without Syria."""
    assert tag("قصفت القوات الروسية خاركيف، بحسب كييف.").relevance.grade == 0


def test_the_host_is_the_recipient(tag: Tag) -> None:
    """استقبل X Y: the guest visits."""
    visit = event(tag("استقبل لافروف نظيره الشيباني في موسكو."), "host")
    assert (visit.type, visit.mode) == ("CONSULT", "visit")
    assert (visit.actor, visit.recipient, visit.place) == (("shaibani",), ("lavrov",), "moscow")


def test_a_passive_host_is_found_by_place(tag: Tag) -> None:
    """استُقبل names the guest alone."""
    visit = event(tag("استُقبل الشيباني في الكرملين بحفاوة."), "host")
    assert visit.actor == ("shaibani",)
    assert visit.recipient_country == ("RUS",)


def test_an_announced_withdrawal_is_a_concession(tag: Tag) -> None:
    """ستسحب promises; nothing has left yet."""
    tags = tag("أعلنت روسيا أنها ستسحب معداتها من القامشلي.")
    assert [(one.type, one.status) for one in tags.events] == [("CONCEDE", "actual")]


def test_a_withdrawal_done_is_a_retreat(tag: Tag) -> None:
    """أخلت says that they left, yesterday, and from where."""
    retreat = event(tag("أخلت القوات الروسية مطار القامشلي أمس."), "close-base")
    assert (retreat.type, retreat.mode, retreat.place) == ("RETREAT", "withdraw", "qamishli-airport")
    assert retreat.date is not None
    assert retreat.date.value == "2025-05-31"


def test_asking_for_sanctions_to_end_is_no_sanction(tag: Tag) -> None:
    """دعت إلى رفع العقوبات speaks for Syria."""
    assert not any(one.type == "SANCTION" for one in tag("دعت موسكو إلى رفع العقوبات عن سوريا.").events)


def test_a_name_in_marks_is_no_quotation(tag: Tag) -> None:
    """A name in marks speaks; it is not what was said."""
    (said,) = tag('وقال "لافروف" إن الحوار مستمر.').statements
    assert (said.kind, said.speaker, said.text) == ("indirect", "lavrov", "الحوار مستمر")


def test_a_battle_name_in_marks_is_no_quotation(tag: Tag) -> None:
    """An operation's name was said by nobody."""
    assert tag("انتهت معركة “ردع العدوان” في دمشق.").statements == ()


def test_a_relay_is_not_the_speaker(tag: Tag) -> None:
    """The agency passes on what the minister said."""
    (said,) = tag("نقلت سانا عن الشيباني قوله إن “العلاقات متينة”.").statements
    assert (said.kind, said.speaker, said.via) == ("direct", "shaibani", "sana")


def test_the_newspaper_is_the_one_named_before(tag: Tag) -> None:
    """الصحيفة stands for the last medium."""
    tags = tag("نشرت وول ستريت جورنال تقريراً عن طرطوس. وأشارت الصحيفة إلى أن موسكو تفاوض دمشق.")
    assert [one.speaker for one in tags.statements] == ["wsj"]


def test_a_wrong_first_name_still_links(tag: Tag) -> None:
    """The family name with the right title is enough."""
    visit = event(tag("سيرغي بوغدانوف نائب وزير الخارجية الروسي زار دمشق."), "visit")
    assert visit.actor == ("bogdanov",)


def test_the_golan_is_a_place(tag: Tag) -> None:
    """الجولان is not الجولاني."""
    tags = tag("عززت روسيا دورياتها في الجولان.")
    assert mentions(tags, "golan") == ["الجولان"]
    assert event(tags, "deploy").place == "golan"
