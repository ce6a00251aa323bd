"""What a 专报 says: of one matter with its orders, or of a surge."""

from __future__ import annotations

from dashboard.domain.masking import mask_numbers
from dashboard.domain.matter import Matter
from dashboard.service.briefs.asking import Asking, Params
from dashboard.service.briefs.writing import Row, Say, Writer
from dashboard.service.commanding import local_minute


def compose_matter(asking: Asking, matter: Matter, now: int, say: Say) -> tuple[str, Row]:
    """Return the title and the content of a brief about one matter as it stands."""
    writer = Writer(asking, say)
    services = asking.services
    of: Params = {"matter_id": matter.id, "until_at": now + 1}

    def value(field: str) -> float:
        return writer.value("matter_facts", of, field) or 0

    def numbers(*fields: str) -> dict[str, tuple[str, Params, str]]:
        return {one: ("matter_facts", of, one) for one in fields}

    title = mask_numbers(matter.title)
    place = asking.place_name(matter.village or matter.township or matter.region)
    opened = {
        "at": local_minute(services, matter.opened_at),
        "title": title,
        "place": place,
        "no": matter.no,
    }
    writer.write("lead", "brief.say.matter_opened", numbers("reports"), **opened)
    unit = asking.unit_name(matter.unit)
    writer.write(
        "work",
        "brief.say.matter_stands" if unit else "brief.say.matter_nobody",
        {},
        stage=writer.words(f"stage.{matter.stage}"),
        at=local_minute(services, now),
        **({"unit": unit} if unit else {}),
    )
    if value("orders"):
        writer.write("work", "brief.say.matter_orders", numbers("orders", "called", "arrived", "late"))
    if value("agenda"):
        writer.write("work", "brief.say.matter_decided", numbers("agenda", "decided"))
    if matter.township and matter.kind == "order":
        near: Params = {
            "category": matter.category,
            "township": matter.township,
            "from_at": matter.opened_at,
            "until_at": now + 1,
        }
        names = {
            "township": asking.place_name(matter.township),
            "category": asking.category_name(matter.category),
        }
        writer.write("urgent", "brief.say.matter_near", {"count": ("matter_orders", near, "count")}, **names)
    return (
        say("brief.title.matter", "zh", title=title, place=place),
        {"sentences": writer.sentences, "charts": []},
    )


def compose_surge(
    asking: Asking, category: str, township: str, from_at: int, until_at: int, say: Say
) -> tuple[str, Row]:
    """Return the title and the content of a brief about many orders of one kind in a span."""
    writer = Writer(asking, say)
    services = asking.services
    of: Params = {"category": category, "township": township, "from_at": from_at, "until_at": until_at}
    names = {
        "category": asking.category_name(category),
        "place": asking.place_name(township or asking.place),
        "first": local_minute(services, from_at),
        "last": local_minute(services, until_at),
    }
    count = {"count": ("surge_orders", of, "count")}
    writer.write("lead", "brief.say.surge", count, **names)
    usual = {"usual": ("surge_orders", of, "usual")}
    times = writer.value("surge_orders", of, "times")
    key = "brief.say.surge_times" if times is not None else "brief.say.surge_new"
    more = {"times": ("surge_orders", of, "times")} if times is not None else {}
    writer.write("work", key, usual | more)
    return say("brief.title.surge", "zh", **{name: names[name] for name in ("category", "place")}), {
        "sentences": writer.sentences,
        "charts": [],
    }
