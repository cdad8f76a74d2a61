"""Settings that few courses ever need: exits, debugging, the vault, LTI, looks of old players."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from sandbox.packages import Standard
from sandbox.scormcloud.setting import (
    ANY,
    CLASSIC,
    NEW,
    OLD,
    ROLLUP,
    SCORM,
    Setting,
    choices,
    group,
)

_EXIT = (
    ("EXIT_COURSE", "Leave the course"),
    ("EXIT_COURSE_AFTER_CONFIRM", "Ask, then leave the course"),
    ("GO_TO_NEXT_SCO", "Go on with the next part"),
    ("DISPLAY_MESSAGE", "Show a message"),
    ("DO_NOTHING", "Stay where it is"),
)
_PARTS = (
    ("IntermediateSco", "a part in the middle that", "DISPLAY_MESSAGE"),
    ("FinalScoCourse", "the last part of a course that", "EXIT_COURSE"),
)
_OUTCOMES = (("NotSatisfied", "isn't passed"), ("Satisfied", "is passed"))
_WAYS = (
    ("Logout", "a logout"),
    ("Normal", "a normal exit"),
    ("Suspend", "a suspension"),
    ("Timeout", "the time running out"),
)


def _exits() -> Iterator[Setting]:
    """What the player does next, by where the learner is, how it went, and how it ended."""
    for (part, at, default), (outcome, how), (way, by) in product(_PARTS, _OUTCOMES, _WAYS):
        yield Setting(
            f"Player{part}{outcome}{way}ExitAction",
            "Enum.ExitActionValue",
            default,
            f"What follows {at} {how}, after {by}.",
            OLD,
            _EXIT,
        )


RARE_SETTINGS: tuple[Setting, ...] = (
    *_exits(),
    *group(
        "bool",
        ANY,
        ("ApiCourseDeleteAttemptDeleteFiles", "false", "Delete a course's files with it."),
        ("CompressRecordResultsPayload", "false", "Send results compressed."),
        ("UseDeltaRecordResultsPayload", "false", "Send only what changed of the results."),
        ("IntermediatePageLoadAtStart", "true", "Load the page between parts at the start."),
        ("SuppressNavbarWhenForcedFrameset", "false", "Hide the navigation in a forced frame."),
        ("UseLegacyMobileFramesetBehavior", "false", "Use frames on phones as it once was."),
        ("ContentVaultAuthFingerprintValidationEnabled", "true", "The vault looks at browsers."),
        ("ContentVaultIpAddressValidationEnabled", "true", "The vault looks at addresses."),
        ("ContentVaultSlidingAuthExpiryEnabled", "false", "Use of the vault lengthens its pass."),
        ("PlayerDebugControlAudit", "true", "Note what the player's controls do."),
        ("PlayerDebugControlDetailed", "true", "Note it in detail."),
        ("PlayerDebugIncludeTimestamps", "true", "Note the times as well."),
        ("PlayerDebugRteAudit", "true", "Note what parts ask of the player."),
        ("PlayerDebugRteDetailed", "true", "Note what they ask in detail."),
        ("PlayerDebugSequencingAudit", "true", "Note which part follows which."),
        ("PlayerDebugSequencingDetailed", "true", "Note in detail why."),
        ("StorePlayerDebugLogsInFileStoreOnExit", "false", "Keep those notes as files."),
    ),
    *group(
        "bool",
        SCORM,
        ("PlayerForceDisableRootChoice", "NO", "Never let the whole course be chosen."),
        (
            "PlayerForceObjectiveCompletionSetByContent",
            "NO",
            "Leave it to the content to complete objectives.",
        ),
        ("PlayerIsAvailableOffline", "NO", "The course may be taken offline."),
        ("PlayerIsIncompleteSatisfactionMeaningful", "YES", "Success counts before completion."),
        ("PlayerMakeStudentPrefsGlobalToCourse", "NO", "All parts share a learner's wishes."),
        ("PlayerRollupRuntimeAtScoUnload", "true", "Sum up results when a part is left."),
    ),
    *group(
        "bool",
        SCORM | {Standard.AICC},
        ("PlayerPreventWindowResize", "NO", "Keep the window at its size."),
    ),
    *group(
        "bool",
        NEW,
        ("PlayerDebugLookAheadAudit", "true", "Note which parts could follow."),
        ("PlayerDebugLookAheadDetailed", "false", "Note in detail which could."),
        ("PlayerInvokeRollupAtSuspendAll", "true", "Sum up results at a suspension."),
        ("PlayerUseQuickLookaheadSequencer", "YES", "Look quickly for parts that could follow."),
    ),
    *group(
        "bool",
        frozenset({Standard.SCORM2004_4TH}),
        ("PlayerDebugSequencingSimple", "true", "Note in few words which part follows which."),
    ),
    *group(
        "string",
        ANY,
        ("AudioVideoContentStylesheetPath", "", "Style sheet of sounds and films."),
        ("MediaContentStylesheetPath", "", "Style sheet of single media files."),
        ("PDFContentStylesheetPath", "", "Style sheet of documents."),
        ("DefaultModernPlayerTheme", "default", "Theme of the modern player."),
        ("ModernPlayerCustomizationScriptUrl", "", "Script that the modern player runs."),
        ("LegacyPlayerCustomizationScriptUrl", "", "Script that the old player runs."),
        ("LegacyPlayerCustomizationStylesheetUrl", "", "Style sheet of the old player."),
        ("RemoteDeliverPageUrl", "", "Page of another host that delivers the course."),
        ("Cmi5EntitlementKeyAlternate", "", "What cmi5 content is told to be entitled by."),
        ("ContentVaultPathModifyingPrefix", "/vault", "Where the files of the vault seem to be."),
        ("Lti11Roles", "Learner", "Roles that LTI 1.1 tools are told."),
    ),
    *group("webPath", ANY, ("RedirectOnRefreshUrl", "", "Where a reload of the player leads.")),
    *group(
        "delimitedString",
        ANY,
        (
            "Lti13Roles",
            "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student",
            "Roles that LTI 1.3 tools are told.",
        ),
        (
            "SupplementalQueryStringParametersForAllActivities",
            "",
            "Parameters that every part is launched with.",
        ),
    ),
    *group("languageList", ANY, ("ContentLangToUrl", "[]", "Addresses of other languages.")),
    *group("mergedJson", ANY, ("xAPIRewriteStatementModifier", "", "Changes to statements.")),
    *group(
        "int",
        ANY,
        ("ContentVaultAuthExpiry", "2880", "Minutes that a pass to the vault is good for."),
        ("ContentVaultSlidingAuthExpiry", "60", "Minutes by which use lengthens a pass."),
    ),
    *group(
        "int",
        ROLLUP,
        (
            "PlayerScoreRollupModeNumberOfScoringObjects",
            "-2147483648",
            "By how many parts a score is divided, where that is fixed.",
        ),
    ),
    *group(
        "nonNegativeInt",
        ANY,
        ("RecordResultsMaxPayloadSizeInBytes", "5242880", "Bytes of results taken at once."),
    ),
    *group(
        "positiveInt",
        ANY,
        ("ConcurrentLaunchDetectionHistoryRows", "5", "Launches among which to look for a second."),
    ),
    *group(
        "positiveInt",
        SCORM,
        ("MaxPersistRuntimeDataAttempts", "1", "How often to try to keep data."),
    ),
    Setting(
        "PlayerCompletionStatOfFailedSuccessStat",
        "Enum.CompletionStatusValue",
        "Unknown",
        "Completion of a part that was failed.",
        CLASSIC,
        choices("Unknown", "Completed", "Incomplete", "Browsed", "Not_Attempted"),
    ),
    Setting(
        "PlayerInternetExplorerCompatibilityMode",
        "Enum.InternetExplorerCompatibilityModeValue",
        "NONE",
        "Which Internet Explorer to be.",
        SCORM,
        choices(
            "NONE", "EMULATE_IE7", "IE7", "EMULATE_IE8", "IE8", "EMULATE_IE9", "IE9", "EDGE", "IE10"
        ),
    ),
    Setting(
        "PlayerInvalidMenuItemAction",
        "Enum.InvalidMenuItemActionValue",
        "DISABLE",
        "What to do with parts that can't be chosen.",
        values=choices("SHOW", "HIDE", "DISABLE"),
    ),
    Setting(
        "PlayerLookaheadSequencerMode",
        "Enum.LookaheadSequencerModeValue",
        "ENABLED",
        "When to look for parts that could follow.",
        SCORM,
        choices("DISABLED", "ENABLED", "REALTIME"),
    ),
    Setting(
        "Lti11PrivacySettings",
        "Enum.Lti11PrivacySettingValue",
        "LEARNER_NAME_ONLY",
        "What LTI 1.1 tools are told of learners.",
        values=choices("LEARNER_NAME_ONLY", "LEARNER_NAME_AND_EMAIL", "NO_LEARNER_INFO"),
    ),
    Setting(
        "Lti13PrivacySettings",
        "Enum.Lti13PrivacySettingValue",
        "LEARNER_NAME_ONLY",
        "What LTI 1.3 tools are told of learners.",
        values=choices("LEARNER_NAME_ONLY", "NO_LEARNER_INFO"),
    ),
    Setting(
        "PlayerResetRunTimeData",
        "Enum.ResetRunTimeDataTimingValue",
        "WHEN_EXIT_IS_NOT_SUSPEND",
        "When a part forgets what it kept.",
        SCORM,
        choices("NEVER", "WHEN_EXIT_IS_NOT_SUSPEND", "ON_EACH_NEW_SEQUENCING_ATTEMPT"),
    ),
    Setting(
        "PlayerReturnToLmsAction",
        "Enum.ReturnToLmsActionValue",
        "Legacy",
        "What the way back to the LMS does.",
        SCORM,
        choices("Legacy", "SuspendAll", "ExitAll", "Selectable"),
    ),
    Setting(
        "PlayerStatusDisplayPreference",
        "Enum.StatusDisplayValue",
        "SEPARATE",
        "Which status learners see.",
        ROLLUP,
        choices("SUCCESS_ONLY", "COMPLETION_ONLY", "SEPARATE", "COMBINED", "NONE"),
    ),
)
