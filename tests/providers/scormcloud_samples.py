"""Answers of SCORM Cloud, written from its reference: every field that each schema has, once."""

from __future__ import annotations

from typing import Any

from providers.base import Ask
from providers.reading import Reader
from providers.scormcloud import outline, progress, reading, statements

TABLES: tuple[Reader[Any], ...] = tuple(
    table
    for module in (outline, progress, reading, statements)
    for table in vars(module).values()
    if isinstance(table, Reader)
)


def everything() -> dict[str, frozenset[str]]:
    """All fields of all records that SCORM Cloud's tables make."""
    wanted: dict[str, frozenset[str]] = {}
    for table in TABLES:
        name = table.record.__name__
        wanted[name] = wanted.get(name, frozenset()) | frozenset(table.cells)
    return wanted


def asking(**terms: Any) -> Ask:
    """An ask for every field of every type."""
    return Ask(everything(), **terms)


LEAF: Any = {
    "externalIdentifier": "golf/item_1",
    "itemIdentifier": "item_1",
    "resourceIdentifier": "resource_1",
    "activityType": "SCO",
    "href": "shared/launchpage.html",
    "scaledPassingScore": "0.8",
    "title": "Golf Explained",
    "children": [],
}
METADATA: Any = {
    "title": "Golf",
    "titleLanguage": "en-GB",
    "description": "How golf is played.",
    "descriptionLanguage": "en-GB",
    "duration": "PT1H30M",
    "typicalTime": "02:00:00",
    "keywords": ["golf", "etiquette"],
}
COURSE: Any = {
    "id": "catalogue/GOLF-1",
    "title": "Golf Explained - Run-time",
    "xapiActivityId": "https://cloud.example/golf",
    "created": "2020-09-01T08:00:00.000Z",
    "updated": "2020-09-25T22:59:25.000Z",
    "version": 2,
    "registrationCount": 7,
    "activityId": "golf_sample",
    "courseLearningStandard": "SCORM20043RDEDITION",
    "tags": ["sport", "outdoors"],
    "dispatched": False,
    "metadata": METADATA,
    "rootActivity": {
        **LEAF,
        "itemIdentifier": "root",
        "activityType": "AGGREGATION",
        "children": [
            {**LEAF, "itemIdentifier": "part", "title": "Part One", "children": [LEAF]},
            {**LEAF, "itemIdentifier": "item_2", "title": "Etiquette"},
        ],
    },
}
FILE: Any = {"path": "shared/launchpage.html", "size": 2048, "modified": "2020-09-25T22:59:25.000Z"}
SETTING: Any = {
    "id": "PlayerLaunchType",
    "effectiveValue": "NEW_WINDOW",
    "effectiveValueSource": "course",
    "explicitValue": "NEW_WINDOW",
    "metadata": {
        "default": "FRAMESET",
        "dataType": "enum",
        "settingDescription": "Where the player opens.",
        "level": "Registration",
        "learningStandards": ["SCORM12"],
        "learningStandardVariant": "either",
        "fallback": "PlayerScoLaunchType",
        "validValues": [{"value": "FRAMESET", "valueDescription": "In the same window."}],
    },
}
IMPORT_JOB: Any = {
    "jobId": "N9LLNMD6Z1356474284-om",
    "status": "COMPLETE",
    "message": "Import Successful",
    "importResult": {
        "webPathToCourse": "/content/courses/app/golf/0",
        "parserWarnings": ["No title."],
        "courseLanguages": ["en-GB"],
        "course": {**COURSE, "registrationCount": -1, "metadata": {}},
    },
}
ABOUT: Any = {"version": "2.0", "distribution": "SCORM Cloud"}
PING: Any = {"apiMessage": "API is alive.", "currentTime": "2026-03-04T05:06:07.000Z"}
OBJECTIVE: Any = {
    "id": "O-1",
    "primary": True,
    "score": {"scaled": 90.0},
    "scoreMax": 100.0,
    "scoreMin": 0.0,
    "scoreRaw": 90.0,
    "previousScoreScaled": 60.0,
    "firstScoreScaled": 50.0,
    "progressMeasure": 1.0,
    "firstSuccessTimeStamp": "2024-01-31T19:45:37Z",
    "objectiveCompletion": "COMPLETED",
    "objectiveSuccess": "PASSED",
    "previousObjectiveSuccess": "FAILED",
}
COMMENT: Any = {"value": "Nice.", "location": "page 2", "dateTime": "2024-01-31T19:00:00"}
RUNTIME: Any = {
    "completionStatus": "completed",
    "credit": "credit",
    "entry": "resume",
    "exit": "suspend",
    "learnerPreference": {
        "audioLevel": 1.0,
        "language": "en",
        "deliverySpeed": 1.5,
        "audioCaptioning": 0,
    },
    "location": "page 3",
    "mode": "normal",
    "progressMeasure": "1.0",
    "scoreScaled": "0.9",
    "scoreRaw": "90",
    "scoreMin": "0",
    "scoreMax": "100",
    "totalTime": "0000:10:00.00",
    "timeTracked": "0000:10:01.50",
    "runtimeSuccessStatus": "PASSED",
    "suspendData": "{}",
    "learnerComments": [COMMENT],
    "lmsComments": [COMMENT],
    "runtimeInteractions": [
        {
            "id": "Q-1",
            "type": "TrueFalse",
            "objectives": ["O-1"],
            "timestamp": "10:00:00",
            "timestampUtc": "2024-01-31T10:00:00Z",
            "correctResponses": ["true"],
            "weighting": "1",
            "learnerResponse": "true",
            "result": "correct",
            "latency": "0000:00:12.50",
            "description": "Is the ball white?",
        }
    ],
    "runtimeObjectives": [
        {
            "id": "O-1",
            "scoreScaled": "0.9",
            "scoreMin": "0",
            "scoreMax": "100",
            "scoreRaw": "90",
            "runtimeObjectiveSuccessStatus": "PASSED",
            "runtimeObjectiveCompletionStatus": "COMPLETED",
            "progressMeasure": "1",
            "description": "Knows the rules.",
        }
    ],
}
ACTIVITY_RESULT: Any = {
    "id": "item_1",
    "title": "Golf Explained",
    "attempts": 2,
    "activityCompletion": "COMPLETED",
    "activitySuccess": "PASSED",
    "score": {"scaled": 90.0},
    "timeTracked": "0001:10:26.66",
    "completionAmount": {"scaled": 1.0},
    "suspended": False,
    "children": [],
    "objectives": [OBJECTIVE],
    "staticProperties": {
        "completionThreshold": "1",
        "launchData": "x=1",
        "maxTimeAllowed": "0002:00:00",
        "scaledPassingScore": 0.8,
        "scaledPassingScoreUsed": True,
        "timeLimitAction": "EXIT_MESSAGE",
    },
    "runtime": RUNTIME,
}
REGISTRATION: Any = {
    "id": "GOLF/7",
    "instance": 1,
    "xapiRegistrationId": "9ed877c6-9123-597d-bef7-f0aaf3231fe1",
    "dispatchId": "dispatch-1",
    "updated": "2024-01-31T19:45:37Z",
    "registrationCompletion": "COMPLETED",
    "registrationCompletionAmount": 0.75,
    "registrationSuccess": "PASSED",
    "score": {"scaled": 87.5},
    "totalSecondsTracked": 5400.5,
    "firstAccessDate": "2024-01-30T08:00:00.000Z",
    "lastAccessDate": "2024-01-31T19:40:00.000Z",
    "completedDate": "2024-01-31T19:45:37Z",
    "createdDate": "2024-01-29T12:00:00Z",
    "course": {"id": "catalogue/GOLF-1", "title": "Golf Explained", "version": 2},
    "learner": {
        "id": "ada.byron@academy.example",
        "email": "ada.byron@academy.example",
        "firstName": "Ada",
        "lastName": "Byron",
    },
    "tags": ["autumn"],
    "globalObjectives": [OBJECTIVE],
    "sharedData": [{"id": "bucket", "value": "42"}],
    "suspendedActivityId": "item_1",
    "activityDetails": {**ACTIVITY_RESULT, "id": "root", "children": [ACTIVITY_RESULT]},
}
LAUNCH: Any = {
    "id": "GOLF/7",
    "instance": 1,
    "score": {"scaled": 87.5},
    "completionStatus": "COMPLETED",
    "successStatus": "PASSED",
    "historyLog": "<RTDHistory/>",
    "totalSecondsTracked": 60.25,
    "launchTime": "2024-01-31T19:00:00Z",
    "exitTime": "2024-01-31T19:45:37Z",
    "lastRuntimeUpdate": "2024-01-31T19:45:30Z",
    "launchHistoryId": "b1946ac9-2492-4d2b-a1f0-2fbd33a71b9c",
}
ACTOR: Any = {"objectType": "Agent", "mbox": "mailto:ada.byron@academy.example"}
STATEMENT: Any = {
    "id": "ac2f0b05-d739-5437-bb9a-9a9cf77497c5",
    "actor": ACTOR,
    "verb": {"id": "http://adlnet.gov/expapi/verbs/passed", "display": {"en-US": "passed"}},
    "objectActivity": {"objectType": "Activity", "id": "https://cloud.example/golf"},
    "result": {"score": {"scaled": 0.9}, "success": True},
    "context": {"registration": "9ed877c6-9123-597d-bef7-f0aaf3231fe1"},
    "timestamp": "2024-01-31T19:45:37.000Z",
    "stored": "2024-01-31T19:45:38.000Z",
    "authority": {"objectType": "Agent", "account": {"homePage": "http://x.example", "name": "a"}},
    "attachments": [{"usageType": "http://x.example/certificate"}],
}
