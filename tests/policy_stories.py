"""For every rule of the bundled policies that a log can decide: kept, and breached.

Told once for each rule id; where a policy sets another limit, once more as ``policy/rule``. The
last part is when the event in breach happened.
"""

# ruff: noqa: E501 - a story is a row of a table

DEPLOYED = "0 | deployment.start deployment=1 use_case=hotspot\n3 h | deployment.end deployment=1\n"
GRANTED = (
    "-2 h | authority.granted authority=5 deployment=1 rank=4 window_start=-1h window_end=4h "
    'watchlist=7 document=DPIA-3 purpose="imminent threat" urgent=false\n'
)
IMPORTED = "-3 h | watchlist.imported watchlist=7 deployment=1 size=900\n"
ALERT = "10 min | alert.raised alert=4 deployment=1 template=2 score=0.7\n"
SEEN = "1 s | face.seen deployment=1 template=2\n1 s | template.created template=2 deployment=1\n"
ITEM = "-4 h | watchlist.item.added watchlist=7 item=3 "
ENGAGED = "12 min | engagement.start engagement=6 alert=4\n"
ACCEPTED = "11 min | alert.adjudicated alert=4 decision=accept actor=21 role=operator\n"
SECOND = '11.5 min | alert.adjudicated alert=4 decision=accept actor=22 role="engagement officer"\n'
OI = "0 | search.submitted search=8 mode=operator-initiated device=1 "
RETRO = "0 | search.submitted search=8 mode=retrospective faces=1\n"
ACTED = "5 h | search.acted search=8 disposal=arrest\n"
REJECTED_AFTER = "13 min | alert.adjudicated alert=4 decision=accept actor=21 role=operator\n"

STORIES: dict[str, tuple[str, str, str]] = {
    "R01": (SEEN + "1.2 s | template.deleted template=2", SEEN + "5 s | template.deleted template=2", "1 s"),
    "R02": (SEEN + "2 s | alert.raised alert=4 deployment=1 template=2", SEEN + "4 s | template.deleted template=2", "1 s"),
    "R03": ("1 s | render.blurred template=2\n2 s | operator.viewed template=2", "2 s | operator.viewed template=2", "2 s"),
    "R04": (SEEN + "1 s | render.blurred template=2", SEEN + "30 s | render.blurred template=2", "1 s"),
    "R05": (ALERT + "5 h | retention.excepted alert=4 data_class=alert exception_code=complaint", ALERT + "25 h | alert.deleted alert=4", "10 min"),
    "R06": (ALERT + "24 h | alert.deleted alert=4", ALERT + "25 h | alert.deleted alert=4", "10 min"),
    "R07": (ALERT + "29 d | alert.deleted alert=4", ALERT + "40 d | alert.deleted alert=4", "10 min"),
    "R08": (IMPORTED + "-4 h | media.written medium=9 watchlist=7\n" + DEPLOYED + "20 h | media.deleted medium=9",
            IMPORTED + "-4 h | media.written medium=9 watchlist=7\n" + DEPLOYED + "40 h | media.deleted medium=9", "3 h"),
    "R09": (IMPORTED + DEPLOYED + "4 h | watchlist.deleted watchlist=7", IMPORTED + DEPLOYED + "30 h | watchlist.deleted watchlist=7", "3 h"),
    "R10": ("-10 h | watchlist.compiled watchlist=7 deployment=1\n" + IMPORTED + DEPLOYED,
            "-30 h | watchlist.compiled watchlist=7 deployment=1\n" + IMPORTED + DEPLOYED, "0 µs"),
    "R11": ("1 h | footage.written footage=2 deployment=1\n30 d | footage.deleted footage=2", "1 h | footage.written footage=2 deployment=1", "1 h"),
    "R12": (DEPLOYED, DEPLOYED + "1 h | footage.written footage=2 deployment=1", "1 h"),
    "R14": (IMPORTED + "-2 h | watchlist.item.enrolled watchlist=7 item=3\n" + DEPLOYED + "20 h | watchlist.item.deleted watchlist=7 item=3",
            IMPORTED + "-2 h | watchlist.item.enrolled watchlist=7 item=3\n" + DEPLOYED, "3 h"),
    "R20": (ITEM + "category=missing", ITEM.replace("item=3", "item=4") + "category=missing\n" + ITEM, "-4"),
    "R21": (ITEM + 'category=witness rationale=1', ITEM + "category=witness\n" + ITEM + "category=missing rationale=1", "-4"),
    "R22": (ITEM + "category=missing", ITEM + 'category="other persons where intelligence is required"', "-4"),
    "R23": (IMPORTED, "-5 h | watchlist.imported watchlist=7 deployment=2\n" + IMPORTED, "-3"),
    "R23-authority": (GRANTED.replace("-2 h", "-4 h") + IMPORTED, GRANTED.replace("-2 h", "-4 h").replace("watchlist=7", "watchlist=8") + IMPORTED, "-3"),
    "R24": (IMPORTED + "-2 h | watchlist.reviewed watchlist=7\n" + DEPLOYED,
            "-9 h | watchlist.imported watchlist=7 deployment=2\n-8 h | watchlist.reviewed watchlist=7\n-7 h | deployment.start deployment=2\n"
            "-6 h | deployment.end deployment=2\n" + IMPORTED + DEPLOYED, "0 µs"),
    "R25": (IMPORTED, IMPORTED.replace("900", "2001"), "-3"),
    "R26": (ITEM + "image_source=custody legal_basis=PACE", ITEM + "image_source=custody", "-4"),
    "R28": (ITEM + 'age_band="13 to 17" rationale=1', ITEM + 'age_band="13 to 17"', "-4"),
    "R29": (ITEM + 'age_band="13 to 17"', ITEM + 'age_band="under 13"', "-4"),
    "R30": (ITEM + "category=missing", ITEM + "category=religion", "-4"),
    "R31": (ITEM + "image_source=custody", ITEM + "image_source=passport", "-4"),
    "R32": ("1 h | outcome.recorded alert=4 result=true reason=wanted", '1 h | outcome.recorded alert=4 result=true reason="stale entry"', "1 h"),
    "R41": (DEPLOYED, DEPLOYED.replace("hotspot", "training"), "0 µs"),
    "R43": (GRANTED + DEPLOYED, GRANTED.replace("window_start=-1h", "window_start=1h") + DEPLOYED, "0 µs"),
    "R43-end": (GRANTED + DEPLOYED, GRANTED.replace("window_end=4h", "window_end=2h") + DEPLOYED, "3 h"),
    "R44": (GRANTED + DEPLOYED, GRANTED + "-1 h | authority.cancelled authority=5 deployment=1\n" + DEPLOYED, "0 µs"),
    "R44-compared": (GRANTED + "1 h | template.compared template=2 deployment=1",
                     GRANTED + "1 h | authority.cancelled authority=5 deployment=1\n2 h | template.compared template=2 deployment=1", "2 h"),
    "R44-cancelled": (GRANTED + DEPLOYED + "4 h | authority.cancelled authority=5 deployment=1",
                      GRANTED + DEPLOYED + "1 h | authority.cancelled authority=5 deployment=1", "1 h"),
    "R45": (GRANTED, GRANTED.replace("rank=4", "rank=3"), "-2"),
    "R46": ("-9 d | document.issued document=DPIA-3 valid_until=90d\n" + GRANTED, "-9 d | document.issued document=DPIA-3 valid_until=-3h\n" + GRANTED, "-2"),
    "R47": (SEEN, SEEN.replace("template=2\n1 s | template.created", "template=3\n1 s | template.created"), "1 s"),
    "R48": ("-9 h | authority.applied authority=5 deployment=1\n" + DEPLOYED, DEPLOYED, "0 µs"),
    "R50": (DEPLOYED + "4 d | record.published record=1 deployment=1", DEPLOYED + "4 d | record.published record=1 deployment=2", "4 d"),
    "R60": ("-1 h | notice.published deployment=1 channel=web\n" + DEPLOYED + GRANTED, "1 h | notice.published deployment=1\n" + DEPLOYED + GRANTED, "0 µs"),
    "R61": ('-1 h | notice.published deployment=1 channel="social media"\n' + DEPLOYED, "-1 h | notice.published deployment=1 channel=web\n" + DEPLOYED, "0 µs"),
    "R61-signs": ("-1 h | signage.placed deployment=1 distance_m=100\n" + DEPLOYED, "-1 h | signage.placed deployment=1 distance_m=20\n" + DEPLOYED, "0 µs"),
    "R62": ("-1 h | signage.placed deployment=1 outside_zone=true\n" + DEPLOYED, "-1 h | signage.placed deployment=1 outside_zone=false\n" + DEPLOYED, "0 µs"),
    "R63": ("1 h | engagement.end engagement=6 leaflet=true", "1 h | engagement.end engagement=6 leaflet=false", "1 h"),
    "R64": ("1 h | engagement.start engagement=6 reason=alert", "1 h | engagement.start engagement=6 reason=avoidance", "1 h"),
    "R65": (DEPLOYED + "4 d | record.published record=1 deployment=1", DEPLOYED + "6 d | record.published record=1 deployment=1", "3 h"),
    "R66": ("4 d | record.published record=1 deployment=1 faces=9 alerts=2 false_alerts=0", "4 d | record.published record=1 deployment=1 faces=9 alerts=2", "4 d"),
    "R70": ("0 | config.threshold deployment=1 threshold=0.6", "0 | config.threshold deployment=1 threshold=0.58", "0 µs"),
    "R71": ("0 | config.threshold deployment=1 threshold=0.64", "0 | config.threshold deployment=1 threshold=0.6", "0 µs"),
    "essex-suffolk/R71": ("0 | config.threshold deployment=1 threshold=0.55", "0 | config.threshold deployment=1 threshold=0.5", "0 µs"),
    "R71-alert": (ALERT, ALERT.replace("0.7", "0.63"), "10 min"),
    "R72": (GRANTED + "-1 h | config.threshold deployment=1 threshold=0.64\n" + DEPLOYED + "1 h | config.threshold deployment=1 threshold=0.6 authority=5",
            GRANTED + "-1 h | config.threshold deployment=1 threshold=0.64\n" + DEPLOYED + "1 h | config.threshold deployment=1 threshold=0.6 authority=6", "1 h"),
    "R75": ("0 | config.algorithm deployment=1 algorithm=A version=2 test_report=T", "0 | config.algorithm deployment=1 algorithm=A version=2", "0 µs"),
    "R76": (ALERT + ACCEPTED + ENGAGED, ALERT + ENGAGED + REJECTED_AFTER, "12 min"),
    "R76-time": (ALERT + ACCEPTED, ALERT + ACCEPTED.replace("11 min", "10 min"), "10 min"),
    "R77": (ALERT + ACCEPTED + SECOND + ENGAGED, ALERT + ACCEPTED + ENGAGED, "12 min"),
    "R78": (ALERT + ACCEPTED + "1 h | outcome.recorded alert=4 result=true", ALERT + "1 h | outcome.recorded alert=4 result=true", "1 h"),
    "R79": ("-9 d | actor.trained actor=21 valid_until=30d\n" + ACCEPTED, "-9 d | actor.trained actor=21 valid_until=-1h\n" + ACCEPTED, "11 min"),
    "R79-accountable": (ACCEPTED, ACCEPTED.replace("actor=21", ""), "11 min"),
    "R81": ('1 h | outcome.recorded alert=4 result=false disposal="no action"', "1 h | outcome.recorded alert=4 result=false disposal=arrest", "1 h"),
    "R90": (RETRO + '1 h | search.reviewed search=8 decision=accept actor=1 role=operator\n2 h | search.reviewed search=8 decision=accept actor=2 role="investigating officer"\n' + ACTED,
            RETRO + '1 h | search.reviewed search=8 decision=accept actor=2 role=operator\n2 h | search.reviewed search=8 decision=accept actor=2 role="investigating officer"\n' + ACTED, "5 h"),
    "R91": (RETRO + "3 h | search.corroborated search=8\n" + ACTED, RETRO + ACTED + "6 h | search.corroborated search=8", "5 h"),
    "R93": (RETRO, RETRO.replace("faces=1", "faces=2"), "0 µs"),
    "R93-kept": (RETRO + "1 h | search.deleted search=8", RETRO + "30 h | search.deleted search=8", "0 µs"),
    "R94": ("1 h | search.returned search=8 candidates=200", "1 h | search.returned search=8 candidates=201", "1 h"),
    "R94-reviewed": ("1 h | search.returned search=8 candidates=9\n2 h | search.reviewed search=8 decision=reject\n3 h | search.deleted search=8",
                     "1 h | search.returned search=8 candidates=9\n3 h | search.deleted search=8", "3 h"),
    "R95": (OI + "\n1 min | search.returned search=8 candidates=1\n2 min | search.deleted search=8", OI + "\n1 min | search.returned search=8 candidates=1\n4 h | search.deleted search=8", "1 min"),
    "R96": (OI + 'reason="details refused"', OI + "reason=curiosity", "0 µs"),
    "R97": (OI + 'place_type=home reason="risk of significant harm"', OI + "place_type=home reason=wanted", "0 µs"),
    "R99": (OI, "\n".join(f"{n} min | search.submitted search={n} mode=operator-initiated device={n}" for n in range(1, 112)), "1 h 51 min"),
    "R99-window": (OI + "\n100 d | search.submitted search=9 mode=operator-initiated", OI + "\n185 d | search.submitted search=9 mode=operator-initiated", "185 d"),
    "E01": (GRANTED, GRANTED.replace("imminent threat", "crowd control"), "-2"),
    "E02": (DEPLOYED + "20 h | authority.applied authority=5 deployment=1", DEPLOYED + "30 h | authority.applied authority=5 deployment=1", "0 µs"),
    "E02-refused": (DEPLOYED.replace("3 h", "2.5 h") + ALERT + "2 h | authority.refused authority=5 deployment=1\n2.5 h | alert.deleted alert=4",
                    DEPLOYED.replace("3 h", "2.5 h") + ALERT + "2 h | authority.refused authority=5 deployment=1\n9 h | alert.deleted alert=4", "2 h"),
    "E03": (ALERT + ACCEPTED + ENGAGED, ALERT + ENGAGED, "12 min"),
    "E04": (RETRO + "40 h | search.authorised search=8", RETRO + "50 h | search.authorised search=8", "0 µs"),
    "E05": (ACCEPTED, ACCEPTED.replace("actor=21", ""), "11 min"),
    "E05-use": (DEPLOYED, "3 h | deployment.end deployment=1", "3 h"),
    "E05-database": ("1 h | template.compared template=2 deployment=1 watchlist=7", "1 h | template.compared template=2 deployment=1", "1 h"),
    "E05-input": ("1 min | template.compared template=2 deployment=1\n" + ALERT, ALERT, "10 min"),
    "E06": (ALERT + ACCEPTED + SECOND + ENGAGED, ALERT + ACCEPTED + SECOND.replace("actor=22", "actor=21") + ENGAGED, "12 min"),
    "U03": (GRANTED + DEPLOYED, DEPLOYED, "0 µs"),
    "U05": (RETRO + "3 h | search.corroborated search=8\n" + ACTED, RETRO + ACTED, "5 h"),
}  # fmt: skip

NEVER_BREACHED = {"R50-published": "no number of days is stated"}
RATES = {"R73"}
