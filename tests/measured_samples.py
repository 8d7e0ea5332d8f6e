"""Small tests of a made-up system, with group names that would break a careless page."""

import numpy as np

from probity.performance.identification.measure import Identification, identification
from probity.performance.identification.score_trial import ScoreTrial
from probity.performance.scores import ArrayScores
from probity.performance.verification import Verification, verification

HOSTILE = "<img src=x onerror=alert(1)>"
FORMULA = "=HYPERLINK(1)"
GROUPS = (HOSTILE, FORMULA, "North")


def measured_verification(*, comparisons: int = 3_000) -> Verification:
    generator = np.random.default_rng(11)
    mated = np.arange(comparisons) % 6 == 0
    probe = np.arange(comparisons) % 3
    reference = np.where(mated, probe, np.arange(comparisons) // 3 % 3)
    alike = 0.3 * (probe == reference) * (probe == 2)
    score = generator.normal(np.where(mated, 3.0, alike), 1.0)
    labels = {
        "probe_group": [GROUPS[code] for code in probe],
        "reference_group": [GROUPS[code] for code in reference],
    }
    return verification(ArrayScores(score, mated, labels=labels), fmrs=(0.1, 0.01, 1e-5))


def measured_identification() -> Identification:
    """90 people searched for three times each; 45 of them are in the gallery."""
    generator = np.random.default_rng(12)
    people, searches, enrolled = 90, 3, 45
    rows = [
        (f"p{person}.{number}", person, enrolled_person)
        for person in range(people)
        for number in range(searches)
        for enrolled_person in range(enrolled)
    ]
    resembles = generator.normal(0.0, 0.8, size=(people, enrolled))
    score = np.array(
        [
            (4.0 if person == other else resembles[person, other]) + generator.normal(0.0, 0.4)
            for _, person, other in rows
        ]
    )
    labels = {
        "probe_id": [row[0] for row in rows],
        "probe_subject": [f"person {row[1]}" for row in rows],
        "reference_id": [f"g{row[2]}" for row in rows],
        "reference_subject": [f"person {row[2]}" for row in rows],
        "probe_group": [GROUPS[row[1] % 3] for row in rows],
        "reference_group": [GROUPS[row[2] % 3] for row in rows],
    }
    mated = np.array([row[1] == row[2] for row in rows])
    return identification(
        ScoreTrial(ArrayScores(score, mated, labels=labels)),
        thresholds=(1.5, 2.5),
        gallery_sizes=(15, 45),
        seed=5,
    )
