"""Rows as StackOne may answer them, each with every property filled."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

CREATED, UPDATED = "2021-07-21T14:00:00.000Z", "2021-07-22T16:00:00.000+02:00"
CHANGED: dict[str, Any] = {
    "created_at": datetime(2021, 7, 21, 14, tzinfo=UTC),
    "updated_at": datetime(2021, 7, 22, 14, tzinfo=UTC),
}
ENGLISH = {"value": "en_GB", "source_value": "en-gb"}
PRIMARY = {"value": "primary", "source_value": 1}
CUSTOM = {"cost_centre": "CC-1"}
RAW_EXCHANGE = [{"method": "GET", "url": "https://lms.example/1", "response": {"id": 1}}]

FULL_CATEGORY: dict[str, Any] = {
    "id": "cat-1",
    "remote_id": "9",
    "unified_custom_fields": CUSTOM,
    "name": "Safety",
    "active": "true",
    "hierarchy": PRIMARY,
    "level": {"value": "secondary", "source_value": 2},
    "language": ENGLISH,
    "raw": RAW_EXCHANGE,
}
FULL_SKILL = {**FULL_CATEGORY, "id": "skill-1", "name": "First aid"}
LOCALIZED = {
    "title": "Sécurité",
    "description": "En bref",
    "language": {"value": "fr_FR", "source_value": "fr"},
    "tags": ["court"],
}
FULL_COURSE: dict[str, Any] = {
    "id": "c28xIQcourse",
    "remote_id": "77",
    "unified_custom_fields": CUSTOM,
    "external_reference": "SAF-77",
    "content_ids": ["content-1", "content-2"],
    "remote_content_ids": ["1", "2"],
    "title": "Fire Safety",
    "description": "What to do",
    "languages": [ENGLISH, None, {"value": "unmapped_value", "source_value": "cy-GB"}],
    "cover_url": "https://img.example/77.jpg",
    "url": "https://lms.example/77",
    "active": True,
    "duration": "PT1H30M",
    "categories": [FULL_CATEGORY, {"id": None, "name": "Health"}],
    "skills": [FULL_SKILL],
    "provider": "Academy Press",
    "authors": [{"id": "7", "name": "Ada Byron"}, {"id": None, "name": "Grace/Hopper"}],
    "content": [{"title": "Lesson"}],
    "localizations": [LOCALIZED],
    "created_at": CREATED,
    "updated_at": UPDATED,
    "raw": RAW_EXCHANGE,
}
FULL_CONTENT: dict[str, Any] = {
    "id": "content-1",
    "remote_id": "library/1",
    "unified_custom_fields": CUSTOM,
    "external_reference": "LESSON-1",
    "course_ids": ["c28xIQcourse"],
    "remote_course_ids": ["77"],
    "title": "Alarms",
    "description": "How they ring",
    "short_description": "Ringing",
    "additional_data": [{"id": "format", "remote_id": "f", "value": ["a", "b"]}],
    "languages": [ENGLISH],
    "content_url": "https://lms.example/1",
    "mobile_launch_content_url": "https://m.lms.example/1",
    "content_type": {"value": "video", "source_value": "VIDEO"},
    "cover_url": "https://img.example/1.jpg",
    "active": False,
    "duration": "PT45M",
    "order": 2,
    "categories": [FULL_CATEGORY],
    "skills": [{"id": "", "name": "First aid", "active": True}],
    "provider": "Academy Press",
    "localizations": [{**LOCALIZED, "language": None, "languages": {"value": "fr_FR"}}],
    "tags": ["fire", "alarm"],
    "authors": [],
    "created_at": CREATED,
    "updated_at": UPDATED,
    "raw": RAW_EXCHANGE,
}
FULL_USER: dict[str, Any] = {
    "id": "user-1",
    "remote_id": "5",
    "unified_custom_fields": CUSTOM,
    "external_reference": "staff-5",
    "name": "Ada Byron",
    "email": "ada.byron@academy.example",
    "phone_number": "+44 1632 960001",
    "active": "false",
    "created_at": CREATED,
    "updated_at": UPDATED,
    "raw": RAW_EXCHANGE,
}
ABOUT_COURSE: dict[str, Any] = {
    "learning_object_type": {"value": "course", "source_value": "COURSE"},
    "learning_object_id": "c28xIQcourse",
    "remote_learning_object_id": "77",
    "learning_object_external_reference": "SAF-77",
    "user_id": "user-1",
    "remote_user_id": "5",
    "course_id": "c28xIQcourse",
    "remote_course_id": "77",
    "certificate_url": "https://lms.example/certificates/1.pdf",
    "result": {"value": "Pass", "source_value": True},
    "completed_at": "2021-07-22",
    "created_at": CREATED,
    "updated_at": UPDATED,
    "unified_custom_fields": CUSTOM,
    "raw": RAW_EXCHANGE,
}
FULL_COMPLETION: dict[str, Any] = {
    **ABOUT_COURSE,
    "id": "completion-1",
    "remote_id": "11",
    "external_reference": "E-11",
    "external_id": "12",
    "remote_external_id": "13",
    "content_external_reference": "E-14",
    "content_id": "content-1",
    "remote_content_id": "1",
    "time_spent": "PT1H",
    "score": {"percentage": 87.5, "raw_value": "87.5 / 100"},
}
FULL_ASSIGNMENT: dict[str, Any] = {
    **ABOUT_COURSE,
    "id": "assignment-1",
    "remote_id": "21",
    "external_reference": "E-21",
    "progress": "40",
    "status": {"value": "in_progress", "source_value": "Started"},
    "assigned_at": CREATED,
    "due_date": UPDATED,
}
FULL_ACCOUNT: dict[str, Any] = {
    "id": "45355976281015164504",
    "provider": "academylms",
    "provider_name": "Academy LMS",
    "status": "expired",
    "status_reasons": [{"code": "expired", "description": "Too old", "timestamp": CREATED}],
    "origin_owner_id": "owner-1",
    "origin_owner_name": "The school",
    "origin_username": "ada",
    "credentials": {"token": "hush"},
    "setup_information": {"secret": "hush"},
    "label": "Main",
    "type": "production",
    "created_at": CREATED,
    "updated_at": UPDATED,
}
MODELS = {
    "courses": {
        "list": {
            "apiPath": "/unified/lms/courses",
            "input": {"defaultFields": [{"name": "page"}]},
            "output": {"defaultFields": [{"name": "id", "type": "string"}, {"type": "lost"}, 3]},
        },
        "odd": None,
    },
    "stranger": 4,
}
FULL_CONNECTOR: dict[str, Any] = {
    "provider": "academylms",
    "provider_name": "Academy LMS",
    "category": "lms",
    "active": True,
    "models": MODELS,
    "resources": {
        "images": {
            "logo_url": "https://lms.example/logo.png",
            "original_logo_horizontal_url": "https://lms.example/wide.png",
        }
    },
}
