"""What there is to learn, as StackOne's rows: courses and content."""

from collections.abc import Iterable

from sandbox.records import Campus, Course, Lesson, Localization, Person
from sandbox.stackone import values
from sandbox.stackone.keys import synthetic
from sandbox.stackone.refusals import timestamp
from sandbox.stackone.rows import (
    JSONObject,
    Row,
    category,
    custom_fields,
    full_name,
    identity,
    remote_content,
    remote_course,
    skill,
)


def course_rows(campus: Campus) -> Iterable[Row]:
    for each in campus.courses:
        yield Row(
            remote_course(each.number),
            course(campus, each),
            each,
            each.updated,
            older={"active": values.active(each.status)},
        )


def course(campus: Campus, each: Course) -> JSONObject:
    remote_ids = [remote_content(lesson.number) for lesson in each.lessons]
    return identity(remote_course(each.number)) | {
        "unified_custom_fields": custom_fields(each.number),
        "external_reference": each.reference,
        "content_ids": [synthetic(remote_id) for remote_id in remote_ids],
        "remote_content_ids": remote_ids,
        "title": each.title,
        "description": each.description,
        "languages": values.languages(each.languages),
        "cover_url": each.cover_url,
        "url": each.url,
        "active": values.switch(each.status, each.number),
        "duration": values.duration(None if each.minutes is None else each.minutes * 60),
        "categories": categories(campus, each.subjects, each.number),
        "skills": skills(campus, each.skills, each.number),
        "provider": None if each.number % 3 else "Academy Press",
        "authors": authors(campus, each.teachers),
        "updated_at": timestamp(each.updated),
        "created_at": timestamp(each.created),
        "content": [child(lesson) for lesson in each.lessons],
        "localizations": [localization(text, each.tags) for text in each.localizations],
    }


def child(lesson: Lesson) -> JSONObject:
    """Show content inside its course; the published schema names `content`, not its form."""
    url = {"title": lesson.title, "content_url": lesson.url, "order": lesson.order}
    return identity(remote_content(lesson.number)) | url


def content_rows(campus: Campus) -> Iterable[Row]:
    for lesson in campus.lessons:
        yield Row(
            remote_content(lesson.number),
            content(campus, lesson),
            lesson,
            lesson.updated,
            older={"active": values.active(lesson.status)},
        )


def content(campus: Campus, lesson: Lesson) -> JSONObject:
    return identity(remote_content(lesson.number)) | {
        "unified_custom_fields": custom_fields(lesson.number),
        "external_reference": content_reference(lesson),
        **parents(lesson),
        "title": lesson.title,
        "description": lesson.description,
        "short_description": lesson.description and lesson.description.partition(",")[0],
        "languages": values.languages(lesson.languages),
        "content_url": lesson.url,
        "mobile_launch_content_url": lesson.url and mobile(lesson),
        "content_type": values.content_type(lesson.kind),
        "cover_url": lesson.cover_url,
        "active": values.switch(lesson.status, lesson.number),
        "duration": values.duration(None if lesson.minutes is None else lesson.minutes * 60),
        "categories": categories(campus, lesson.subjects, lesson.number),
        "skills": skills(campus, lesson.skills, lesson.number),
        "order": lesson.order,
        "provider": lesson.provider,
        "localizations": content_localizations(lesson),
        "tags": list(lesson.tags),
        "additional_data": additional_data(lesson),
        "authors": authors(campus, campus.course_by_number[lesson.courses[0]].teachers[:1]),
        "updated_at": timestamp(lesson.updated),
        "created_at": timestamp(lesson.created),
    }


def parents(lesson: Lesson) -> JSONObject:
    remote_ids = [remote_course(number) for number in lesson.courses]
    return {
        "course_ids": [synthetic(remote_id) for remote_id in remote_ids],
        "remote_course_ids": remote_ids,
    }


def mobile(lesson: Lesson) -> str | None:
    """Address the page for small screens, which videos and articles have."""
    if lesson.kind not in ("video", "article"):
        return None
    return f"https://m.academy.example/lessons/{lesson.number}"


def content_localizations(lesson: Lesson) -> list[JSONObject]:
    texts = (
        Localization(code, lesson.title, lesson.description or "") for code in lesson.languages
    )
    return [localization(text, lesson.tags) for text in texts]


def localization(each: Localization, tags: tuple[str, ...]) -> JSONObject:
    return {
        "title": each.title,
        "description": each.description or None,
        "language": values.language(each.language),
        "tags": list(tags) or None,
    }


def additional_data(lesson: Lesson) -> list[JSONObject]:
    """Show what an LMS keeps beside the unified fields; only `fields` asks for it."""
    kind = [lesson.kind] if lesson.kind else []
    return [{"id": "format", "remote_id": "format", "value": value} for value in kind]


def content_reference(lesson: Lesson) -> str | None:
    return f"LESSON-{lesson.number}" if lesson.number % 4 else None


def embedded(row: JSONObject, *, nameless_id: bool) -> JSONObject:
    """Show a category or skill inside another row; an LMS that files by words gives no id."""
    if nameless_id:
        return {"id": None, "remote_id": None, "name": row["name"]}
    return {name: row[name] for name in ("id", "remote_id", "name", "hierarchy", "language")}


def categories(campus: Campus, numbers: Iterable[int], holder: int) -> list[JSONObject]:
    return [
        embedded(category(campus.subject_by_number[number]), nameless_id=(holder + number) % 6 == 0)
        for number in numbers
    ]


def skills(campus: Campus, numbers: Iterable[int], holder: int) -> list[JSONObject]:
    return [
        embedded(skill(campus.skill_by_number[number]), nameless_id=(holder + number) % 6 == 0)
        for number in numbers
    ]


def author(person: Person) -> JSONObject:
    """Show an author; whether its id is a user's isn't published: here it is a register's own."""
    key = None if person.number % 4 == 0 else f"author-{person.number}"
    return {"id": key, "name": full_name(person)}


def authors(campus: Campus, numbers: Iterable[int]) -> list[JSONObject]:
    return [author(campus.person_by_number[number]) for number in numbers]
