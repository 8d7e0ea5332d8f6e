"""London deployments by borough."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from probity.records.bundled import Bundle
from probity.records.places import borough_of
from probity.records.schema import Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class BoroughCount:
    """Deployments by borough.

    Attributes
    ----------
    deployments : Mapping of str to int
        Borough as the ONS names it, to its deployments.
    known_by : Mapping of str to int
        How the borough is known, to the deployments it is known for in that way.
    not_placed : int
        Deployments whose borough cannot be told, such as those on a road along a boundary.
    """

    deployments: Mapping[str, int]
    known_by: Mapping[str, int]
    not_placed: int


def count_by_borough(deployments: Iterable[Deployment], *, bundle: Bundle) -> BoroughCount:
    """Count London deployments by borough; the surest way of telling the borough is used."""
    london = {borough.name for borough in bundle.boroughs}
    boroughs, ways, not_placed = Counter[str](), Counter[str](), 0
    for deployment in deployments:
        borough, known = borough_of(deployment, bundle=bundle)
        if borough is None or borough not in london:
            not_placed += 1
        else:
            boroughs[borough] += 1
            ways[known.value] += 1
    return BoroughCount(deployments=boroughs, known_by=ways, not_placed=not_placed)
