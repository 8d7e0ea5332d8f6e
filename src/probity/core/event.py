"""Events of a facial recognition system: what can happen, and what each event says.

One event is one row: when it happened, of which kind, and the fields of that kind. Ids are
random numbers and stand for objects (a template, an alert, a search); nothing names a person.
A log holds the four columns of ``EVERY_EVENT`` and a column for each further field it uses.
"""

from dataclasses import dataclass
from typing import Literal

EVENT_SCHEMA = "probity/events/1"

FieldType = Literal["id", "text", "number", "flag", "time"]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of an event log.

    ``id``: integer from 0 to 2^63 - 1. ``text``: at most 200 characters. ``number``: finite
    float64. ``flag``: true or false. ``time``: microseconds since 1970-01-01 UTC.
    """

    name: str
    type: FieldType
    meaning: str


@dataclass(frozen=True, slots=True)
class EventKind:
    """What one kind of event says: fields it must have, and fields it may have.

    ``one_of`` are the optional fields of which an event states one, that which it is about.
    """

    name: str
    meaning: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Required fields, then optional ones."""
        return self.required + self.optional


EVERY_EVENT = (
    Field("event", "id", "number of the event, unique in its log"),
    Field("time", "time", "when it happened, by the clock that stamped it"),
    Field("kind", "text", "name of the kind of event"),
    Field("clock", "text", "system whose clock stamped it; may be missing"),
)

_FURTHER = (
    Field("received", "time", "when the log received it; may be missing"),
    Field("force", "text", "operator of the system"),
    Field("deployment", "id", "one use of live recognition at one place and time"),
    Field("authority", "id", "written authority for a deployment"),
    Field("watchlist", "id", "list compiled for a deployment"),
    Field("item", "id", "one image on a watchlist or in a gallery"),
    Field("medium", "id", "storage medium that carried a watchlist"),
    Field("camera", "id", "camera of a deployment"),
    Field("template", "id", "biometric template of one passing face"),
    Field("alert", "id", "candidate at or above the threshold, shown to an operator"),
    Field("engagement", "id", "officers speaking with one person"),
    Field("search", "id", "one operator-initiated or retrospective search"),
    Field("footage", "id", "recording made by a camera of a deployment"),
    Field("record", "id", "published record of a deployment"),
    Field("actor", "id", "random number for a member of staff"),
    Field("device", "id", "device that a search was made with"),
    Field("mode", "text", "operator-initiated or retrospective"),
    Field("role", "text", "operator, engagement officer, investigating officer, reviewer, …"),
    Field("rank", "number", "0 constable, 1 sergeant, 2 inspector, 3 chief inspector, "
          "4 superintendent, 5 chief superintendent, 6 assistant chief constable or commander"),
    Field("decision", "text", "accept or reject"),
    Field("result", "text", "true, false or unconfirmed: as the officers found, not ground truth"),
    Field("disposal", "text", "arrest, other disposal or no action"),
    Field("reason", "text", "why it was done, as a code of the operator"),
    Field("use_case", "text", "hotspot, protective security or intelligence"),
    Field("purpose", "text", "purpose that an authority names"),
    Field("place_type", "text", "public, home, school, medical, worship, …"),
    Field("category", "text", "category of a watchlist item in the published policy"),
    Field("image_source", "text", "where an image was taken from: custody, passport, …"),
    Field("legal_basis", "text", "basis on which an image is held"),
    Field("age_band", "text", "under 13, 13 to 17 or 18 and over"),
    Field("group", "text", "group that a published figure is broken down by"),
    Field("rationale", "id", "document that says why an exception was made"),
    Field("document", "text", "name and version of a document in force"),
    Field("data_class", "text", "what a retention exception covers: alert, footage, …"),
    Field("exception_code", "text", "stated ground for keeping something longer"),
    Field("channel", "text", "where a notice was published"),
    Field("algorithm", "text", "name of the recognition algorithm"),
    Field("version", "text", "version of the recognition algorithm"),
    Field("test_report", "text", "test report of this algorithm and version"),
    Field("digest", "text", "digest of a watchlist, as hexadecimal text"),
    Field("threshold", "number", "score at or above which the system alerts, vendor's scale"),
    Field("score", "number", "similarity of the best candidate, vendor's scale"),
    Field("size", "number", "items on a list or in a gallery"),
    Field("candidates", "number", "candidates that a search returned"),
    Field("quality", "number", "quality of an image, 0 to 1"),
    Field("image_age_days", "number", "age of a listed image in days"),
    Field("eye_pixels", "number", "pixels between the pupils of a probe"),
    Field("distance_m", "number", "metres from the camera to a sign"),
    Field("bearing_deg", "number", "degrees from north, camera to a sign"),
    Field("faces", "number", "faces seen, as published"),
    Field("alerts", "number", "alerts, as published"),
    Field("false_alerts", "number", "alerts adjudicated false, as published"),
    Field("urgent", "flag", "authority given under the urgency procedure"),
    Field("outside_zone", "flag", "sign can be read before the zone of recognition"),
    Field("leaflet", "flag", "leaflet and explanation given"),
    Field("force_used", "flag", "handcuffs or other force used"),
    Field("window_start", "time", "from when an authority holds"),
    Field("window_end", "time", "until when an authority holds"),
    Field("valid_until", "time", "last moment that training or a document is valid"),
)  # fmt: skip

FIELDS: dict[str, Field] = {field.name: field for field in EVERY_EVENT + _FURTHER}

_KINDS = (
    # Who may do what, and when
    EventKind("authority.applied", "authority asked for", ("authority", "deployment"),
              ("use_case", "reason", "actor", "document")),
    EventKind("authority.granted", "written authority given",
              ("authority", "deployment", "rank", "window_start", "window_end"),
              ("urgent", "threshold", "watchlist", "purpose", "actor", "document")),
    EventKind("authority.ratified", "urgent authority confirmed by the higher rank",
              ("authority", "rank"), ("actor",)),
    EventKind("authority.refused", "authority refused", ("authority", "deployment"), ("rank",)),
    EventKind("authority.cancelled", "authority ended by its cancellation report",
              ("authority", "deployment")),
    EventKind("actor.trained", "member of staff trained", ("actor", "valid_until"), ("role",)),
    EventKind("document.issued", "policy or assessment in force", ("document",),
              ("deployment", "valid_until")),
    # Telling the public
    EventKind("notice.published", "public told of a deployment", ("deployment",), ("channel",)),
    EventKind("signage.placed", "sign placed", ("deployment",),
              ("bearing_deg", "distance_m", "outside_zone")),
    EventKind("record.published", "figures of a deployment published", ("record", "deployment"),
              ("faces", "alerts", "false_alerts")),
    # The deployment and its settings
    EventKind("deployment.start", "cameras and comparison switched on", ("deployment",),
              ("use_case", "force", "place_type")),
    EventKind("deployment.end", "cameras and comparison switched off", ("deployment",)),
    EventKind("config.threshold", "threshold set or changed", ("deployment", "threshold"),
              ("actor", "authority")),
    EventKind("config.algorithm", "algorithm in use", ("deployment", "algorithm", "version"),
              ("test_report",)),
    # The watchlist and what carries it
    EventKind("watchlist.compiled", "list compiled", ("watchlist", "deployment"),
              ("size", "digest", "actor")),
    EventKind("watchlist.reviewed", "list reviewed for necessity", ("watchlist",), ("actor",)),
    EventKind("watchlist.imported", "list loaded into the system", ("watchlist", "deployment"),
              ("size", "digest")),
    EventKind("watchlist.deleted", "list deleted from the system", ("watchlist",), ("digest",)),
    EventKind("watchlist.item.added", "image put on a list", ("watchlist", "item"),
              ("category", "image_source", "legal_basis", "age_band", "rationale", "quality",
               "image_age_days", "group")),
    EventKind("watchlist.item.enrolled", "reference template made", ("watchlist", "item")),
    EventKind("watchlist.item.failed", "image that gave no template", ("watchlist", "item")),
    EventKind("watchlist.item.deleted", "image and template deleted", ("watchlist", "item")),
    EventKind("media.written", "list written to a medium", ("medium", "watchlist")),
    EventKind("media.deleted", "medium wiped", ("medium",)),
    # Passers-by
    EventKind("face.seen", "face found in the zone of recognition", ("deployment", "template"),
              ("camera", "quality")),
    EventKind("template.created", "biometric template made of a face",
              ("template", "deployment")),
    EventKind("template.compared", "template compared with the watchlist",
              ("template", "deployment"), ("watchlist",)),
    EventKind("template.deleted", "template deleted", ("template",), ("deployment",)),
    EventKind("render.blurred", "face blurred in what officers watch", ("template",),
              ("deployment",)),
    EventKind("operator.viewed", "face shown to a person", ("template",),
              ("deployment", "actor")),
    EventKind("footage.written", "recording stored", ("footage", "deployment"), ("camera",)),
    EventKind("footage.deleted", "recording deleted", ("footage",)),
    EventKind("retention.excepted", "something kept longer on a stated ground",
              ("data_class", "exception_code"), ("alert", "footage", "watchlist", "search"),
              one_of=("alert", "footage", "watchlist", "search")),
    # Alerts and what follows
    EventKind("alert.raised", "score at or above the threshold",
              ("alert", "deployment", "template"), ("item", "score", "threshold", "group")),
    EventKind("alert.adjudicated", "a person decided on an alert", ("alert", "decision"),
              ("deployment", "actor", "role")),
    EventKind("alert.deleted", "alert and its images deleted", ("alert",)),
    EventKind("engagement.start", "officers stop and speak with a person", ("engagement",),
              ("alert", "deployment", "actor", "reason", "group")),
    EventKind("engagement.end", "conversation over", ("engagement",),
              ("leaflet", "force_used")),
    EventKind("outcome.recorded", "what came of an alert", ("alert", "result"),
              ("engagement", "deployment", "disposal", "reason", "group")),
    # Operator-initiated and retrospective searches
    EventKind("search.submitted", "image searched in a gallery", ("search", "mode"),
              ("actor", "device", "reason", "place_type", "quality", "eye_pixels", "faces",
               "group")),
    EventKind("search.authorised", "search authorised", ("search",), ("rank", "actor")),
    EventKind("search.returned", "candidates returned", ("search", "candidates"),
              ("threshold", "size", "score")),
    EventKind("search.reviewed", "a person compared the candidates by eye",
              ("search", "decision"), ("actor", "role")),
    EventKind("search.corroborated", "result confirmed by other means", ("search",)),
    EventKind("search.acted", "operational action taken", ("search",), ("disposal",)),
    EventKind("search.deleted", "probe image and template deleted", ("search",)),
)  # fmt: skip

KINDS: dict[str, EventKind] = {kind.name: kind for kind in _KINDS}


def _require_known_fields() -> None:
    for kind in _KINDS:
        unknown = set(kind.fields) - set(FIELDS)
        if unknown:
            raise ValueError(f"{kind.name}: no such field: {sorted(unknown)}")


_require_known_fields()
