"""What requests to SCORM Cloud carry, under the names of its schemas.

What is None is left out. https://cloud.scorm.com/docs/v2/reference/swagger/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field


class Body(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """Base of all bodies."""


class Title(Body, frozen=True):
    """TitleSchema."""

    title: str


class TagList(Body, frozen=True):
    """TagListSchema."""

    tags: Sequence[str]


class BatchTags(Body, frozen=True):
    """BatchTagsSchema."""

    ids: Sequence[str]
    tags: Sequence[str]


class SettingsIndividual(Body, frozen=True):
    """SettingsIndividualSchema."""

    key: str = field(name="settingId")
    value: str
    is_explicit: bool | None = field(default=None, name="explicit")


class SettingsPost(Body, frozen=True):
    """SettingsPostSchema."""

    settings: Sequence[SettingsIndividual]


class MediaFileMetadata(Body, frozen=True):
    """MediaFileMetadataSchema."""

    title: str | None = None
    description: str | None = None
    content_language: str | None = None
    estimated_duration: int | None = None


class ImportFetchRequest(Body, frozen=True):
    """ImportFetchRequestSchema."""

    url: str
    media_type: str | None = field(default=None, name="contentType")
    media_file_metadata: MediaFileMetadata | None = None


class ImportMediaFileReferenceRequest(Body, frozen=True):
    """ImportMediaFileReferenceRequestSchema."""

    url: str
    media_type: str = field(name="contentType")
    media_file_metadata: MediaFileMetadata | None = None


class ImportConnectorRequest(Body, frozen=True):
    """ImportConnectorRequestSchema."""

    connector_id: str | None = None
    connector_id_for_content: str | None = None
    metadata_for_connector: Any = None


class ImportRequest(Body, frozen=True):
    """ImportRequestSchema: one of three."""

    fetch_request: ImportFetchRequest | None = None
    media_file_reference_request: ImportMediaFileReferenceRequest | None = None
    connector_reference_request: ImportConnectorRequest | None = None


class ImportAssetRequest(Body, frozen=True):
    """ImportAssetRequestSchema."""

    fetch_url: str
    destination: str


class ItemValuePair(Body, frozen=True):
    """ItemValuePairSchema."""

    name: str = field(name="item")
    value: str


class LaunchAuthOptions(Body, frozen=True):
    """LaunchAuthOptionsSchema."""

    uses_ip_address: bool | None = field(default=None, name="ipAddress")
    uses_fingerprint: bool | None = field(default=None, name="fingerprint")
    expiry: int | None = None
    sliding_expiry: int | None = None


class LaunchAuth(Body, frozen=True):
    """LaunchAuthSchema."""

    type: str
    options: LaunchAuthOptions | None = None


class LaunchLinkRequest(Body, frozen=True):
    """LaunchLinkRequestSchema. PreviewLaunchLinkRequestSchema has some of its fields."""

    expiry: int | None = None
    redirect_on_exit_url: str | None = None
    is_tracked: bool | None = field(default=None, name="tracking")
    start_sco: str | None = None
    culture: str | None = None
    css_url: str | None = None
    learner_tags: Sequence[str] | None = None
    course_tags: Sequence[str] | None = None
    registration_tags: Sequence[str] | None = None
    # In lower case throughout, as the schemas have it.
    additional_values: Sequence[ItemValuePair] | None = field(default=None, name="additionalvalues")
    launch_auth: LaunchAuth | None = None


def media_file_metadata(given: Mapping[str, Any] | None) -> MediaFileMetadata | None:
    """What is given of a media file, as it is sent."""
    return None if given is None else MediaFileMetadata(**given)


def launch_link_request(
    *,
    additional_values: Sequence[Mapping[str, str]] | None = None,
    launch_auth: Mapping[str, Any] | None = None,
    **given: Any,
) -> LaunchLinkRequest:
    """What a link is to be like, as it is sent."""
    pairs = None
    if additional_values is not None:
        pairs = [ItemValuePair(**each) for each in additional_values]
    auth = None if launch_auth is None else _launch_auth(**launch_auth)
    return LaunchLinkRequest(additional_values=pairs, launch_auth=auth, **given)


def _launch_auth(type: str, options: Mapping[str, Any] | None = None) -> LaunchAuth:
    return LaunchAuth(type=type, options=None if options is None else LaunchAuthOptions(**options))


def settings_post(settings: Sequence[Mapping[str, Any]]) -> SettingsPost:
    """Settings and their new values, as they are sent."""
    return SettingsPost(settings=[SettingsIndividual(**each) for each in settings])
