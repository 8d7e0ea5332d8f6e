"""All that happened in one replicate of a search scenario, and its sums."""

from dataclasses import dataclass

from probity.core import Count
from probity.twin.random_ids import RandomIds, make_ids
from probity.twin.scenario import SearchScenario
from probity.twin.searches.candidates import Candidates, search_gallery
from probity.twin.searches.gallery import Gallery
from probity.twin.searches.probes import NOBODY, Probes, draw_probes
from probity.twin.searches.record import monthly_record
from probity.twin.searches.review import NOT, Reviews, review
from probity.twin.seeds import Seeds
from probity.twin.stages import Flags


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SearchHistory:
    """What every stage gave; see the class of each part."""

    scenario: SearchScenario
    seeds: Seeds
    probes: Probes
    candidates: Candidates
    reviews: Reviews

    @property
    def ids(self) -> RandomIds:
        """Random ids of this replicate."""
        return make_ids(self.seeds.stream("ids"))

    @property
    def mate_listed(self) -> Flags:
        """Truth: the right person is on the list, (n_searches,)."""
        listed = self.candidates.search[self.candidates.mated]
        found: Flags = self.candidates.per_search(len(self.probes)) < 0
        found[listed] = True
        return found

    def record(self) -> bytes:
        """The operator's published figures as CSV."""
        return monthly_record(self.probes, self.candidates, self.reviews)


def search_history(scenario: SearchScenario, *, seeds: Seeds) -> SearchHistory:
    """Every stage of one replicate.

    Raises
    ------
    InputError
        The scenario needs more comparisons in full than can be made.
    """
    gallery = Gallery(scenario, seeds)
    probes = draw_probes(gallery, seeds=seeds)
    candidates = search_gallery(gallery, probes, seeds=seeds)
    reviews = review(gallery, probes, candidates, seeds=seeds)
    return SearchHistory(
        scenario=scenario, seeds=seeds, probes=probes, candidates=candidates, reviews=reviews
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTotals:
    """Counts of one replicate.

    Parameters
    ----------
    mated_searches, mated_with_mate : int
        Truth: searches for people of the gallery, and those that returned the right person.
    nonmated_searches, nonmated_with_candidates : int
        Truth: searches for people not in the gallery, and those that returned somebody.
    accepted, accepted_wrongly : int
        Lists from which somebody was accepted; truth: somebody else than the person searched for.
    """

    replicate: int
    searches: int
    searches_with_candidates: int
    candidates: int
    accepted: int
    corroborated: int
    acted_on: int
    mated_searches: int
    mated_with_mate: int
    nonmated_searches: int
    nonmated_with_candidates: int
    accepted_wrongly: int

    @property
    def counts(self) -> dict[str, Count]:
        """Rates that an operator can report, as counts with their populations."""
        return {
            "searches_with_candidates_per_search": Count(
                self.searches_with_candidates, self.searches, "searches"
            ),
            "accepted_per_search_with_candidates": Count(
                self.accepted, self.searches_with_candidates, "searches with candidates"
            ),
        }

    @property
    def truths(self) -> dict[str, Count]:
        """Rates that nobody outside a twin can know."""
        return {
            "fpir_per_nonmated_search": Count(
                self.nonmated_with_candidates, self.nonmated_searches, "non-mated searches"
            ),
            "tpir_per_mated_search": Count(
                self.mated_with_mate, self.mated_searches, "mated searches"
            ),
            "wrong_share_of_accepted": Count(
                self.accepted_wrongly, self.accepted, "searches with an accepted candidate"
            ),
        }


def search_totals(history: SearchHistory, *, replicate: int) -> SearchTotals:
    """Sums over the searches of one replicate."""
    probes, reviews = history.probes, history.reviews
    mated = probes.mate != NOBODY
    listed = history.candidates.per_search(len(probes)) > 0
    right = history.mate_listed
    return SearchTotals(
        replicate=replicate,
        searches=len(probes),
        searches_with_candidates=int(listed.sum()),
        candidates=len(history.candidates.search),
        accepted=int(reviews.accepted.sum()),
        corroborated=int((reviews.corroborated_us != NOT).sum()),
        acted_on=int((reviews.acted_us != NOT).sum()),
        mated_searches=int(mated.sum()),
        mated_with_mate=int(right.sum()),
        nonmated_searches=int((~mated).sum()),
        nonmated_with_candidates=int((~mated & listed).sum()),
        accepted_wrongly=int((reviews.accepted & ~right).sum()),
    )
