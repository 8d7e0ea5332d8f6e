"""Scenarios: everything the twin needs to know, validated before any work starts."""

from probity.twin.scenario.calendar_plan import CalendarPlan, Place
from probity.twin.scenario.governance import DATA_CLASSES, Clock, DataClass, Retention
from probity.twin.scenario.lists import BlueList, Presence, Watchlist
from probity.twin.scenario.model import (
    SCHEMA,
    Assumed,
    LiveScenario,
    Published,
    Scenario,
    ScenarioSource,
    SearchScenario,
)
from probity.twin.scenario.people import Capture, Crowd, Group, QualityBand
from probity.twin.scenario.quantity import ByGroup, Duration, Section, Span, by_group
from probity.twin.scenario.recogniser import Recogniser, ThresholdChange
from probity.twin.scenario.search import Search
from probity.twin.scenario.staff import Adjudication, Disposals, Engagement

__all__ = [
    "DATA_CLASSES",
    "SCHEMA",
    "Adjudication",
    "Assumed",
    "BlueList",
    "ByGroup",
    "CalendarPlan",
    "Capture",
    "Clock",
    "Crowd",
    "DataClass",
    "Disposals",
    "Duration",
    "Engagement",
    "Group",
    "LiveScenario",
    "Place",
    "Presence",
    "Published",
    "QualityBand",
    "Recogniser",
    "Retention",
    "Scenario",
    "ScenarioSource",
    "Search",
    "SearchScenario",
    "Section",
    "Span",
    "ThresholdChange",
    "Watchlist",
    "by_group",
]
