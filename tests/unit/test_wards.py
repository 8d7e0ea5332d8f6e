"""The ward measures on the bundled figures: how wards are counted, and what the tables hold."""

import csv
from collections import Counter

import pytest

from probity.claims.evidence import Evidence
from probity.claims.measures.ward_effects import effect, fitted
from probity.claims.measures.ward_matching import matched_test, matched_wards
from probity.claims.measures.ward_specifications import (
    CALIPER,
    REFERENCE,
    SPECIFICATIONS,
    How,
    Part,
    applies,
)
from probity.claims.measures.ward_units import COVARIATES, Period, Placing, offences, ward_counts
from probity.claims.measures.wards import MEASURES, GivenOffences
from probity.core import Estimate, Total, Undefined
from probity.records.bundled import load
from probity.stats.twopart import ratio

BUNDLE = load()
EVIDENCE = Evidence(BUNDLE)
MEASURE = {measure.name: measure for measure in MEASURES}


def taken(name, **params):
    return MEASURE[name].take(EVIDENCE, GivenOffences(**params), 0.95)


def by_hand(repository, years=("2020", "2022", "2023", "2024", "2025")):
    folder = repository / "src/probity/records/data"
    with (folder / "deployment_wards.csv").open(encoding="utf-8") as file:
        return Counter(
            row["ward_code_approx"] for row in csv.DictReader(file) if row["date"][:4] in years
        )


class TestCounting:
    def test_every_deployment_is_in_one_ward_and_every_ward_is_there_but_the_city(self, repository):
        counted = ward_counts(BUNDLE)
        expected = by_hand(repository)
        assert {
            ward.ward_code: n
            for ward, n in zip(counted.wards, counted.deployments, strict=True)
            if n
        } == dict(expected)
        assert len(counted.wards) == 679
        assert "City of London" not in {ward.borough for ward in counted.wards}

    def test_the_periods_share_out_the_deployments(self):
        parts = [sum(ward_counts(BUNDLE, period=p).deployments) for p in Period]
        assert parts == [250, 32, 178, 40]

    def test_no_deployment_is_in_a_ward_without_recorded_offences(self):
        assert sum(ward_counts(BUNDLE).deployments) == len(BUNDLE.deployment_wards)

    def test_ilford_moves_to_its_own_ward_and_places_of_another_borough_are_left_out(self):
        def placed(placing):
            counted = ward_counts(BUNDLE, placing=placing)
            return {
                w.ward_name: n for w, n in zip(counted.wards, counted.deployments, strict=True) if n
            }

        given, moved = placed(Placing.AS_GIVEN), placed(Placing.DOUBTS_REMOVED)
        assert (given["Fullwell"], given.get("Ilford Town")) == (7, None)
        assert (moved.get("Fullwell"), moved["Ilford Town"]) == (None, 7)
        # two at Camden and one at Islington in Westminster's Regent's Park, one at Camden in
        # West End, one at Westminster in Islington
        assert sum(given.values()) - sum(moved.values()) == 5
        assert given["Regent's Park"] == 3
        assert "Regent's Park" not in moved

    def test_romford_moves_only_when_asked(self):
        north = ward_counts(BUNDLE, placing=Placing.ROMFORD_NORTH)
        names = {w.ward_name: n for w, n in zip(north.wards, north.deployments, strict=True) if n}
        assert names["St Edward's"] == 8
        assert "St Alban's" not in names

    def test_shares_are_of_residents(self):
        heath = next(w for w in BUNDLE.wards if w.ward_name == "Thornton Heath")
        assert COVARIATES["black_share"](heath) == pytest.approx(0.401, abs=5e-4)
        for ward in BUNDLE.wards:
            groups = ("asian", "black", "mixed", "other")
            assert sum(COVARIATES[f"{g}_share"](ward) for g in groups) == pytest.approx(
                COVARIATES["not_white_share"](ward), abs=2e-3
            )

    def test_a_ward_without_recorded_offences_is_refused(self):
        city = next(w for w in BUNDLE.wards if w.borough == "City of London")
        with pytest.raises(ValueError, match="no recorded offences"):
            offences(city)


class TestSpecifications:
    def test_the_first_is_the_reference_and_labels_differ(self):
        assert SPECIFICATIONS[0] is REFERENCE
        assert len({s.label for s in SPECIFICATIONS}) == len(SPECIFICATIONS)

    def test_leaving_out_a_borough_is_leaving_out_its_wards(self):
        without = next(s for s in SPECIFICATIONS if s.label == "without Croydon")
        column = 1
        all_fits = fitted(BUNDLE, REFERENCE, Part.ANY)
        names = sorted({w.borough for w in ward_counts(BUNDLE).wards})
        left_out = all_fits.leaving_out[names.index("Croydon"), column]
        assert fitted(BUNDLE, without, Part.ANY).coefficients[column] == pytest.approx(
            left_out, rel=1e-6
        )

    def test_the_share_of_all_other_groups_reverses_the_share_of_white_residents(self):
        label = "share not White instead"
        chosen = next(s for s in SPECIFICATIONS if s.label == label)
        found = effect(BUNDLE, chosen, Part.ANY, level=0.95)
        fit = fitted(BUNDLE, chosen, Part.ANY)
        assert 1 / found.value == pytest.approx(ratio(fit, "not_white_share", per=-0.1).value)

    def test_each_result_is_an_interval_around_its_value_or_a_reason(self):
        for part in Part:
            for one in SPECIFICATIONS:
                if not applies(one, part):
                    continue
                found = effect(BUNDLE, one, part, level=0.95)
                if isinstance(found, Undefined):
                    assert found.reason
                else:
                    assert 0 < found.low < found.value < found.high

    def test_unadjusted_numbers_are_undefined_for_the_negative_binomial(self):
        bare = next(s for s in SPECIFICATIONS if s.label == "nothing else held")
        found = effect(BUNDLE, bare, Part.NUMBER, level=0.95)
        assert isinstance(found, Undefined)
        assert "runs off" in found.reason


class TestMatching:
    MATCHED = next(s for s in SPECIFICATIONS if s.how is How.MATCHED)

    def test_pairs_are_of_one_ward_with_and_one_without_used_once_and_near(self):
        counted = ward_counts(BUNDLE)
        number = {w.ward_code: n for w, n in zip(counted.wards, counted.deployments, strict=True)}
        found = matched_wards(BUNDLE, self.MATCHED)
        assert all(number[a.ward_code] > 0 and number[b.ward_code] == 0 for a, b in found.pairs)
        controls = [b.ward_code for _, b in found.pairs]
        assert len(set(controls)) == len(controls)
        assert len(found.pairs) + len(found.unmatched) == 70
        from statistics import pstdev

        for name in self.MATCHED.given:
            spread = pstdev(COVARIATES[name](w) for w in counted.wards)
            assert all(
                abs(COVARIATES[name](a) - COVARIATES[name](b)) <= CALIPER * spread * (1 + 1e-9)
                for a, b in found.pairs
            )

    def test_the_mean_difference_is_that_of_the_pairs(self):
        share = COVARIATES["black_share"]
        pairs = matched_wards(BUNDLE, self.MATCHED).pairs
        mean = 100 * sum(share(a) - share(b) for a, b in pairs) / len(pairs)
        assert matched_test(BUNDLE, self.MATCHED).statistic == pytest.approx(mean, abs=0.01)


class TestMeasures:
    @pytest.mark.parametrize("measure", MEASURES, ids=lambda m: m.name)
    def test_each_measure_gives_what_it_says_with_sources_and_a_table(self, measure):
        found = measure.take(EVIDENCE, measure.params(), 0.95)
        assert isinstance(found.measured, Total if measure.gives == "total" else Estimate)
        assert (found.name, found.unit) == (measure.name, measure.unit)
        assert {s.source_id for s in found.sources} == {
            "garbett-2024-sheet",
            "gla-census-2021-wards",
            "mps-ward-crime-2025-06",
        }
        assert found.series
        assert len({tuple(row) for row in found.series}) == 1

    def test_the_table_starts_with_the_measure_itself(self):
        found = taken("black_share_effect_on_any_deployment_given_offences")
        first = found.series[0]
        assert (first["value"], first["low"], first["high"]) == (
            found.measured.value,
            found.measured.low,
            found.measured.high,
        )
        assert "Residents are not passers-by" in found.note

    def test_a_lower_level_gives_a_narrower_interval(self):
        name = "black_share_effect_on_any_deployment_given_offences"
        wide = taken(name).measured
        narrow = MEASURE[name].take(EVIDENCE, GivenOffences(), 0.8).measured
        assert wide.low < narrow.low < narrow.high < wide.high

    def test_offences_in_wards_above_average_are_added_up_from_the_file(self, repository):
        folder = repository / "src/probity/records/data"
        with (folder / "london_wards.csv").open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        average = sum(int(r["black"]) for r in rows) / sum(int(r["residents_2021"]) for r in rows)
        policed = [r for r in rows if r["crimes_2023_07_to_2025_06"]]
        above = [r for r in policed if int(r["black"]) / int(r["residents_2021"]) > average]
        column = "crimes_2023_07_to_2025_06"
        found = taken("share_of_offences_in_wards_above_average_black")
        assert (found.count.k, found.count.n) == (
            sum(int(r[column]) for r in above),
            sum(int(r[column]) for r in policed),
        )

    def test_deployments_of_2024_above_londons_average_by_every_placing(self):
        rows = taken("share_of_offences_in_wards_above_average_black").series
        chosen = [
            (row["k"], row["n"])
            for row in rows
            if row["deployments_of"] == "2024" and row["average_of"] == "London's residents"
        ]
        assert chosen == [(91, 178)] * 3
