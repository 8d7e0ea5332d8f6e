"""Differences and ratios of proportions, against the worked examples of the literature."""

import pytest

from probity.core import Count
from probity.stats.compare import difference, difference_newcombe, ratio

# Newcombe 1998, Statistics in Medicine 17, 873-890, table II, methods 9 and 10, to 4 decimals.
NEWCOMBE_TABLE_II = {
    (56, 70, 48, 80): ((0.0528, 0.3382), (0.0524, 0.3339)),
    (9, 10, 3, 10): ((0.1700, 0.8406), (0.1705, 0.8090)),
    (6, 7, 2, 7): ((0.0342, 0.8534), (0.0582, 0.8062)),
    (5, 56, 0, 29): ((-0.0326, 0.1933), (-0.0381, 0.1926)),
    (0, 10, 0, 20): ((-0.1658, 0.2844), (-0.1611, 0.2775)),
    (0, 10, 0, 10): ((-0.2879, 0.2879), (-0.2775, 0.2775)),
    (10, 10, 0, 20): ((0.7156, 1.0000), (0.6791, 1.0000)),
    (10, 10, 0, 10): ((0.6636, 1.0000), (0.6075, 1.0000)),
}


@pytest.mark.parametrize(("cells", "published"), NEWCOMBE_TABLE_II.items(), ids=str)
def test_newcombe_table_ii(cells: tuple[int, int, int, int], published: tuple) -> None:
    k_a, n_a, k_b, n_b = cells
    a, b = Count(k_a, n_a, "first"), Count(k_b, n_b, "second")
    for interval, expected in zip((difference, difference_newcombe), published, strict=True):
        found = interval(a, b)
        assert (round(found.low, 4), round(found.high, 4)) == expected


def test_koopman_1984_example() -> None:
    """Koopman 1984, Biometrics 40, 513-517: 36 of 40 against 16 of 80."""
    found = ratio(Count(36, 40, "first"), Count(16, 80, "second"))
    assert (round(found.value, 2), round(found.low, 2), round(found.high, 2)) == (4.5, 2.94, 7.15)


def test_textbook_examples_of_fagerland_and_others() -> None:
    """Fagerland, Lydersen & Laake 2017, chapter 4: epinephrine in cardiac arrest, CHRNA4."""
    perondi = ratio(Count(7, 34, "high dose"), Count(1, 34, "standard dose"))
    assert (round(perondi.low, 4), round(perondi.high, 4)) == (1.2209, 42.5757)
    ritland = difference(Count(0, 16, "CHRNA4-CC"), Count(15, 72, "others"))
    assert (round(ritland.low, 4), round(ritland.high, 4)) == (-0.3164, -0.0056)
