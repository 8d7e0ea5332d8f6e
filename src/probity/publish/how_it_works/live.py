"""Live recognition: four people followed through one deployment of the twin."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from probity.publish.how_it_works.lengths import about
from probity.publish.how_it_works.life import Life, Moment, Thing
from probity.publish.how_it_works.policy import basis, limit
from probity.twin.one_deployment import deployment_log
from probity.twin.scenario import LiveScenario
from probity.twin.scenario_file import load_scenario

SCENARIO, SEED = "met-year-2025", 20
"""A deployment with a false alert on somebody whom officers spoke to; most have none."""

POLICY = "met-lfr-2024-09"
_SECONDS_TO_PASS = 1_000_000

_FIELDS = ("time", "kind", "template", "alert", "item", "role", "decision", "result", "disposal",
           "deployment", "engagement")  # fmt: skip

Event = Mapping[str, Any]


def live_lives() -> tuple[Life, ...]:
    """No alert, a false alert, a true alert, and the entry of the last on the list.

    The same twin gives the same lives.
    """
    table = deployment_log(_scenario(), seed=SEED).table.select(_FIELDS)
    table = table.set_column(0, "time", table["time"].cast("int64"))
    raised = table.filter(pc.equal(table["kind"], "alert.raised"))
    seen = table.filter(pc.equal(table["kind"], "face.seen"))["template"]
    quiet = seen.filter(pc.invert(_among(seen, raised["template"])))[0].as_py()
    events = _concerning(table, [*raised["template"].to_pylist(), quiet], raised["item"])
    alerts = _alerts(events)
    false = next(a for a in alerts if a["result"] == "false" and a["engagement"] is not None)
    true = next(a for a in alerts if a["disposal"] == "arrest")
    return (
        _no_alert(events, quiet, faces=len(seen)),
        _with_alert(events, false, key="false-alert"),
        _with_alert(events, true, key="true-alert"),
        _on_the_list(events, true["item"]),
    )


def _concerning(table: pa.Table, templates: Sequence[int], items: pa.ChunkedArray) -> list[Event]:
    """Events of these templates and list entries, and all that are of none: a few of thousands."""
    of_others = [
        pc.invert(pc.or_(pc.is_null(table[name]), _among(table[name], kept)))
        for name, kept in (("template", templates), ("item", items))
    ]
    found: list[Event] = table.filter(pc.invert(pc.or_(*of_others))).to_pylist()
    return found


def _among(column: pa.ChunkedArray, values: Any) -> pa.ChunkedArray:
    return pc.is_in(column, value_set=pa.array(values, column.type))


def _scenario() -> LiveScenario:
    scenario = load_scenario(SCENARIO)
    if not isinstance(scenario, LiveScenario):
        raise TypeError(f"{SCENARIO} is not live")
    return scenario


def _alerts(events: Sequence[Event]) -> list[dict[str, Any]]:
    """Alerts on people who are not test subjects, with their outcome."""
    outcomes = {e["alert"]: e for e in events if e["kind"] == "outcome.recorded"}
    return [
        {**e, **{name: outcomes[e["alert"]][name] for name in ("result", "disposal", "engagement")}}
        for e in events
        if e["kind"] == "alert.raised" and e["item"] is not None
    ]


def _first(events: Sequence[Event], kind: str, **same: object) -> int:
    """Time of the first event of a kind with these values."""
    return int(
        next(
            e["time"]
            for e in events
            if e["kind"] == kind and all(e[name] == value for name, value in same.items())
        )
    )


def _video(events: Sequence[Event], seen: int, *, seen_by: str) -> Thing:
    closed = _first(events, "footage.written") - seen
    kind, because = basis(_scenario(), "retention.footage")
    return Thing(
        key="video",
        name="Their face in the video of the street",
        what="Cameras record everybody who passes, whether or not there is an alert.",
        from_us=0,
        to_us=_first(events, "footage.deleted") - seen,
        seen_by=seen_by,
        basis=kind,
        because=because,
        limit=limit(POLICY, "R11", from_us=closed),
    )


def _no_alert(events: Sequence[Event], template: int, *, faces: int) -> Life:
    seen = _first(events, "face.seen", template=template)

    def at(kind: str) -> int:
        return _first(events, kind, template=template) - seen

    made, compared, blurred, deleted = (
        at(kind)
        for kind in ("template.created", "template.compared", "render.blurred", "template.deleted")
    )
    video = _video(events, seen, seen_by="Officers at the screens, with the face blurred")
    kind, because = basis(_scenario(), "retention.template")
    things = (
        video,
        Thing(
            key="template",
            name="A template of their face",
            what="A list of numbers made from the face, to be compared with the watchlist.",
            from_us=made,
            to_us=deleted,
            seen_by="Nobody: only the machine handles it",
            basis=kind,
            because=because,
            limit=limit(POLICY, "R01", from_us=made),
        ),
    )
    words = {
        0: ("A face is seen", "Somebody walks into the part of the picture where faces are large "
            "and clear enough: the zone of recognition. They did nothing to start this and "
            "nobody has decided anything about them. The system finds a face."),
        made: ("A template is made", "The system turns the face into a template. The template is "
               "biometric data, whether or not anything comes of it."),
        compared: ("It is compared with the whole watchlist", "The template is compared with every "
                   "image on the list. No score reaches the threshold. So there is no alert."),
        blurred: ("The face is blurred", "In the picture that officers watch, the face is made "
                  "unrecognisable. The recording itself is another copy."),
        deleted: ("The template is deleted", f"It existed for {about(deleted - made)}. The "
                  "comparison is over, and without the template it cannot be made again."),
        _end(video): ("The video is deleted", f"The recording still showed their face for "
                      f"{about(_end(video))}. “Deleted at once” is true of the template and "
                      "not of the video: one has to say which."),
    }  # fmt: skip
    return Life(
        key="no-alert",
        heading="Somebody who passes, and nothing happens",
        lede=(
            "This is what happens to nearly everybody. At the deployment followed here "
            f"{faces:,} faces were seen and "
            f"{len(_alerts(events))} alerts were raised, not counting the force’s own test walks."
        ),
        clock="the face is seen",
        scale="log",
        things=things,
        moments=_moments(words),
    )


def _with_alert(events: Sequence[Event], alert: Mapping[str, Any], *, key: str) -> Life:
    number, template = alert["alert"], alert["template"]
    seen = _first(events, "face.seen", template=template)

    def at(kind: str, **same: object) -> int:
        return _first(events, kind, **same) - seen

    made = at("template.created", template=template)
    compared = at("template.compared", template=template)
    raised = alert["time"] - seen
    shown = at("operator.viewed", template=template)
    operator = at("alert.adjudicated", alert=number, role="operator")
    officer = at("alert.adjudicated", alert=number, role="engagement officer")
    gone = at("template.deleted", template=template)
    stopped = at("engagement.start", alert=number)
    over = at("outcome.recorded", alert=number)
    deleted = at("alert.deleted", alert=number)
    video = _video(
        events, seen, seen_by="Officers at the screens; after the alert, with the face visible"
    )
    scenario = _scenario()
    template_kind, template_because = basis(scenario, "retention.template")
    alert_kind, alert_because = basis(scenario, "retention.alert")
    engaged_kind, engaged_because = basis(scenario, "engagement.duration_s")
    things = (
        video,
        Thing(
            key="template", name="A template of their face",
            what="Kept until the operator has decided, then deleted.",
            from_us=made, to_us=gone, seen_by="Nobody: only the machine handles it",
            basis=template_kind, because=template_because,
        ),
        Thing(
            key="alert", name="The alert: two pictures and a score",
            what="A picture of the passer-by beside the image from the list, with how similar "
                 "they are.",
            from_us=raised, to_us=deleted,
            seen_by="The operator, and officers on their devices",
            basis=alert_kind, because=alert_because,
            limit=limit(POLICY, "R07", from_us=raised),
        ),
        Thing(
            key="contact", name="Officers speak with them",
            what="They are stopped, and who they are is checked by ordinary means.",
            from_us=stopped, to_us=over, seen_by="Everybody in the street",
            basis=engaged_kind, because=engaged_because, sort="contact",
        ),
        Thing(
            key="record", name="A record of what came of it",
            what="That there was an alert, whether officers found it true or false, and what they "
                 "did. Published records hold its count, not the person.",
            from_us=over, to_us=None, seen_by="The force; its counts, everybody",
            basis="assumed", because="no source read says how long it is kept",
        ),
    )  # fmt: skip
    is_false = alert["result"] == "false"
    least = about(raised)
    words: dict[int, tuple[str, str]] = {
        0: ("A face is seen", "Up to here nothing differs from anybody else who passes."),
        made: ("A template is made", "As for everybody."),
        compared: ("The best score reaches the threshold", (
            "It is compared with the whole watchlist. One image on it, of somebody else, is "
            "similar enough: this person is not on the list." if is_false else
            "It is compared with the whole watchlist. One image on it is similar enough, and it "
            "is theirs.")),
        raised: ("An alert is raised", f"Within {least} of being seen. The score on the vendor’s "
                 "scale is at or above the threshold. To the system a false alert and a true one "
                 "look the same."),
        shown: ("An operator sees it", "The first person who looks: the passer-by’s picture beside "
                "the listed image. Nobody may be stopped on the score alone."),
        operator: ("The operator accepts it", f"After {about(operator - shown)}. "
                   + ("The operator was wrong here. " if is_false else "")
                   + "An operator who rejects ends it here, and the person never knows."),
        gone: ("The template is deleted", "The alert stays, with its two pictures."),
        officer: ("An officer in the street looks too", "A second decision by a second person, who "
                  "can see the person themselves."),
        stopped: ("Officers stop them", "They say why, and check who the person is by ordinary "
                  "means: asking, papers, databases. They hand out a leaflet."),
        over: (("They go on their way", f"After {about(over - stopped)} it is clear that they are "
                "not the listed person. The alert is recorded as false. Nothing about it was the "
                "person’s doing.") if is_false else
               ("They are arrested", f"After {about(over - stopped)}: they are the listed person. "
                "The alert is recorded as true. The arrest rests on why they were listed, not on "
                "the score.")),
        deleted: ("The alert is deleted", f"Its pictures existed for {about(deleted - raised)}. "
                  "What officers wrote down stays."),
        _end(video): ("The video is deleted", f"{about(_end(video))} after they passed."),
    }  # fmt: skip
    return Life(
        key=key,
        heading="Somebody who is alerted on by mistake" if is_false
        else "Somebody who is on the list",
        lede=(
            "A false alert: the system takes a passer-by for somebody on the watchlist, and the "
            "people who check do not notice in time. It is rare for each person who passes, and "
            "it happens to somebody."
            if is_false
            else "A true alert, as the system is meant to work."
        ),
        clock="the face is seen",
        scale="log",
        things=things,
        moments=_moments(words),
    )  # fmt: skip


def _on_the_list(events: Sequence[Event], item: int) -> Life:
    added = _first(events, "watchlist.item.added", item=item)

    def at(kind: str, **same: object) -> int:
        return _first(events, kind, **same) - added

    compiled, reviewed, written = (
        at(kind) for kind in ("watchlist.compiled", "watchlist.reviewed", "media.written")
    )
    imported, enrolled = at("watchlist.imported"), at("watchlist.item.enrolled", item=item)
    start, end = at("deployment.start"), at("deployment.end")
    found = at("alert.raised", item=item)
    deleted, wiped = at("watchlist.item.deleted", item=item), at("media.deleted")
    scenario = _scenario()
    list_kind, list_because = basis(scenario, "retention.watchlist")
    medium_kind, medium_because = basis(scenario, "retention.medium")
    things = (
        Thing(
            key="custody", name="The image it was copied from",
            what="Mostly a custody photograph. It is held under other rules, before and after.",
            from_us=None, to_us=None, seen_by="The force", basis="published",
            because="that lists are made mostly of custody images is published, shares are not",
            limit=limit(POLICY, "R31"),
        ),
        Thing(
            key="item", name="Their image on the list",
            what="A copy, with the category they are listed under and why it may be held.",
            from_us=0, to_us=deleted, seen_by="Staff who compile and approve the list",
            basis=list_kind, because=list_because, limit=limit(POLICY, "R09", from_us=end),
        ),
        Thing(
            key="medium", name="A copy on an encrypted medium",
            what="Carries the list to the recognition system, which is a closed one.",
            from_us=written, to_us=wiped, seen_by="Nobody, unless it is opened",
            basis=medium_kind, because=medium_because, limit=limit(POLICY, "R08", from_us=end),
        ),
        Thing(
            key="reference", name="A template made from the image",
            what="Every face that passes is compared with it.",
            from_us=enrolled, to_us=deleted, seen_by="Nobody: only the machine handles it",
            basis=list_kind, because=list_because, limit=limit(POLICY, "R09", from_us=end),
        ),
    )  # fmt: skip
    words = {
        0: ("Their image is put on a list", "The list is made for one deployment. Each image has a "
            "category of the published policy, such as wanted by the courts. No source that was "
            "read says that the person is told."),
        compiled: ("The list is complete", "It is approved by a senior officer as part of a "
                   "written authority that names place, time and threshold."),
        reviewed: ("It is reviewed", "Whether each category is needed for this deployment."),
        written: ("It is copied to a medium", "So it now exists twice."),
        imported: ("It is loaded into the system", "Images that give no usable template are "
                   "dropped."),
        enrolled: ("A template is made of it", "Once per image."),
        start: ("The deployment begins", "From now on every face seen is compared with it."),
        found: ("They pass, and an alert is raised", "In most deployments most people on the list "
                "do not pass at all. Here this one did: see the true alert above."),
        end: ("The deployment ends", "From now the clocks of the list and the medium run."),
        deleted: ("Image and template are deleted", f"{about(deleted - end)} after the end."),
        wiped: ("The medium is wiped", f"{about(wiped - end)} after the end. The image that the "
                "copy was made from remains where it was."),
    }  # fmt: skip
    return Life(
        key="on-the-list",
        heading="An image on the watchlist",
        lede=(
            "The same thing from the other side: what exists about somebody on the list, most of "
            "whom never pass. This is the entry that raised the true alert."
        ),
        clock="the image is put on the list",
        scale="linear",
        things=things,
        moments=_moments(words),
    )


def _end(thing: Thing) -> int:
    if thing.to_us is None:
        raise ValueError(f"{thing.key} has no end")
    return thing.to_us


def _moments(words: Mapping[int, tuple[str, str]]) -> tuple[Moment, ...]:
    return tuple(_in_order(words))


def _in_order(words: Mapping[int, tuple[str, str]]) -> Iterator[Moment]:
    for at_us in sorted(words):
        heading, text = words[at_us]
        yield Moment(at_us=at_us, heading=heading, words=text)
