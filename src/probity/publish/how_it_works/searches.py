"""Operator-initiated and retrospective search: one search of each followed through the twin."""

from dataclasses import dataclass

import numpy as np

from probity.publish.how_it_works.lengths import about
from probity.publish.how_it_works.life import Life, Moment, Thing
from probity.publish.how_it_works.policy import basis, limit
from probity.twin.changes import changed
from probity.twin.scenario import SearchScenario
from probity.twin.scenario_file import load_scenario, scenario_digest
from probity.twin.searches.history import search_history
from probity.twin.searches.probes import NOBODY
from probity.twin.searches.review import NOT
from probity.twin.seeds import Seeds

SEED = 0
GALLERY = 100_000
"""A part of the gallery: it decides who is found, not the order of the steps or their times."""

_ONE_DAY = {
    "oifr-pilot": ("search.last_day = 2026-02-01",),
    "rfr-national": ("search.last_day = 2025-01-01", "search.searches_per_day = 12"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """Moments of one search, after it was submitted; None for a step that did not happen."""

    scenario: SearchScenario
    returned: int
    candidates: int
    first: int
    second: int | None
    corroborated: int
    acted: int
    deleted: int


def operator_life() -> Life:
    """An officer photographs somebody in the street, and the search finds them."""
    one = _followed("oifr-pilot")
    photo = limit("welsh-oifr", "R95", from_us=one.returned)
    kept, kept_because = basis(one.scenario, "search.retention")
    looked, looked_because = basis(one.scenario, "search.review_s")
    things = (
        Thing(
            key="contact", name="An officer is with them",
            what="Officer and person are face to face throughout.",
            from_us=None, to_us=one.corroborated, seen_by="Everybody in the street",
            basis=looked, because=looked_because, sort="contact",
        ),
        Thing(
            key="photo", name="The photograph and its template",
            what="Taken with the force’s phone, sent to be compared with the gallery.",
            from_us=0, to_us=one.deleted, seen_by="The officer",
            basis=kept, because=kept_because, limit=photo,
        ),
        Thing(
            key="candidates", name="A short list of similar images",
            what="Images of other people may be on it: people who were once in custody or are "
                 "missing.",
            from_us=one.returned, to_us=one.first, seen_by="The officer",
            basis="assumed", because="how long the list can be looked at is not published",
        ),
        Thing(
            key="record", name="A record that the search was made",
            what="Reason, kind of place, group and result, as the force states.",
            from_us=one.returned, to_us=None, seen_by="The force",
            basis="published",
            because="that each use is recorded is published; for how long is not",
        ),
    )  # fmt: skip
    moments = (
        Moment(at_us=0, heading="The officer takes a photograph", words=(
            "The officer is already dealing with this person and has a reason: they refuse their "
            "details or cannot give them, or are thought to be wanted, missing or at risk. The "
            "officer explains, and takes one photograph.")),
        Moment(at_us=one.returned, heading="The search comes back", words=(
            f"After {about(one.returned)}, with {_candidates(one)}. Unlike live recognition, one "
            "chosen person is compared with a very large gallery. The larger it is, the likelier "
            "it holds somebody who only looks alike.")),
        Moment(at_us=one.deleted, heading="The photograph is deleted", words=(
            "It is not kept and not added to the gallery, the forces say. The list is still on "
            "the phone.")),
        Moment(at_us=one.first, heading="The officer compares by eye", words=(
            f"{about(one.first)} after the photograph. The officer takes one of the candidates to "
            "be the person. Here that is right.")),
        Moment(at_us=one.corroborated, heading="It is confirmed by other means", words=(
            "A name, a date of birth, papers. A possible match is not an identification.")),
        Moment(at_us=one.acted, heading="The officer acts", words=(
            "On what was confirmed, not on the score.")),
    )  # fmt: skip
    return Life(
        key="operator-initiated",
        heading="A photograph in the street",
        lede=(
            "Operator-initiated recognition: one officer, one person, one photograph, searched in "
            "a gallery of custody and missing-person images."
        ),
        clock="the photograph is taken",
        scale="log",
        things=things,
        moments=moments,
    )


def retrospective_life() -> Life:
    """An image from after an event, searched in the national gallery."""
    one = _followed("rfr-national")
    probe = limit("pnd-rfr", "R93-kept", from_us=0)
    kept, kept_because = basis(one.scenario, "search.retention")
    if one.second is None:
        raise ValueError("a retrospective search has two reviewers")
    things = (
        Thing(
            key="image", name="The image from the scene",
            what="From a shop’s camera, a phone, a doorbell. It was made before any police "
                 "involvement, and stays with the case.",
            from_us=None, to_us=None, seen_by="Whoever recorded it, and the investigation",
            basis="assumed", because="kept as evidence, under rules that this page does not cover",
        ),
        Thing(
            key="probe", name="The cropped face in the search system",
            what="One face, cut out of the image, with its template.",
            from_us=0, to_us=one.deleted, seen_by="The trained operator",
            basis=kept, because=kept_because, limit=probe,
        ),
        Thing(
            key="candidates", name="A ranked list of similar images",
            what="Custody photographs of people, nearly all of whom have nothing to do with the "
                 "event.",
            from_us=one.returned, to_us=one.second, seen_by="The operator, then the investigator",
            basis="assumed", because="how long the list can be looked at is not published",
        ),
        Thing(
            key="record", name="A record of the search and its result",
            what="Goes to the case file as intelligence.",
            from_us=one.returned, to_us=None, seen_by="The investigation, and a court if it comes "
                                                     "to that",
            basis="assumed", because="for how long is in no source read",
        ),
    )  # fmt: skip
    moments = (
        Moment(at_us=0, heading="An image is submitted", words=(
            "An investigator asks, naming an offence and a reason. A trained operator checks that "
            "the image is good enough, crops one face and searches.")),
        Moment(at_us=one.returned, heading="Candidates come back", words=(
            f"After {about(one.returned)}, with {_candidates(one)}. In a gallery of millions, "
            "other people can look as alike as the right one, which need not be in it at all.")),
        Moment(at_us=one.first, heading="The operator looks", words=(
            f"After {about(one.first)}. The operator can send on one candidate, or none.")),
        Moment(at_us=one.second, heading="The investigating officer looks", words=(
            "A second person, who knows the case.")),
        Moment(at_us=one.deleted, heading="The probe is deleted from the search system", words=(
            "The image from the scene stays in the case.")),
        Moment(at_us=one.corroborated, heading="It is corroborated", words=(
            f"{about(one.corroborated)} after the search: clothing, place, phone, a witness. Until "
            "then it is a lead and not evidence of who it was.")),
        Moment(at_us=one.acted, heading="Somebody acts on it", words=(
            "An interview, a visit, an arrest: on the lead together with what supports it.")),
    )  # fmt: skip
    return Life(
        key="retrospective",
        heading="An image from after an event",
        lede=(
            "Retrospective recognition: an image of somebody unknown is compared with custody "
            "photographs, hours or weeks after the event. The person in it is not there and does "
            "not know."
        ),
        clock="the image is submitted",
        scale="log",
        things=things,
        moments=moments,
    )


def _candidates(one: _Search) -> str:
    return "one candidate" if one.candidates == 1 else f"{one.candidates} candidates"


def _followed(name: str) -> _Search:
    """The first search of the day that found the right person, was confirmed and acted on."""
    changes = (*_ONE_DAY[name], f"search.gallery_size = {GALLERY}")
    scenario = changed(load_scenario(name), changes)
    if not isinstance(scenario, SearchScenario):
        raise TypeError(f"{name} is not of searches")
    seeds = Seeds(scenario=scenario_digest(scenario), seed=SEED, replicate=0)
    history = search_history(scenario, seeds=seeds)
    reviews, probes = history.reviews, history.probes
    whole = (
        (probes.mate != NOBODY)
        & history.mate_listed
        & (reviews.acted_us != NOT)
        & (reviews.deleted_us != NOT)
    )
    row = int(np.flatnonzero(whole)[0])

    def at(times: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
        return int(times[row] - probes.time_us[row])

    return _Search(
        scenario=scenario,
        returned=at(reviews.returned_us),
        candidates=int(history.candidates.per_search(len(probes))[row]),
        first=at(reviews.first_us),
        second=None if reviews.second_us[row] == NOT else at(reviews.second_us),
        corroborated=at(reviews.corroborated_us),
        acted=at(reviews.acted_us),
        deleted=at(reviews.deleted_us),
    )
