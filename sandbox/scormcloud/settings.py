"""The settings that a course or a registration can have, with their defaults.

Those that Rustici Engine has at the level of a registration; SCORM Cloud shares the ids but does
not publish which of them it offers. All values travel as text.
"""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.packages import Standard
from sandbox.scormcloud.rare_settings import RARE_SETTINGS
from sandbox.scormcloud.setting import (
    ANY,
    CLASSIC,
    NEW,
    ROLLUP,
    SCORM,
    Setting,
    choices,
    group,
)

LEVEL = "Registration"

_LAUNCH = (
    ("FRAMESET", "In a frame of the page that launches it"),
    ("NEW_WINDOW", "In a window of its own"),
    ("NEW_WINDOW_AFTER_CLICK", "In a window of its own, once the learner clicks"),
    ("NEW_WINDOW_WITHOUT_BROWSER_TOOLBAR", "In a window without a toolbar"),
    (
        "NEW_WINDOW_AFTER_CLICK_WITHOUT_BROWSER_TOOLBAR",
        "In a window without a toolbar, once the learner clicks",
    ),
)
_RESTART = choices(
    "NEVER",
    "WHEN_EXISTING_REG_IS_COMPLETE_AND_NEWER_PACKAGE_VERSION_EXISTS",
    "WHEN_NEWER_PACKAGE_VERSION_EXISTS",
    "WHEN_EXISTING_REG_IS_COMPLETE",
    "WHEN_EXISTING_REG_IS_SATISFIED",
    "WHEN_EXISTING_REG_IS_SATISFIED_AND_NEWER_PACKAGE_VERSION_EXISTS",
    "WHEN_EXISTING_REG_IS_INCOMPLETE_AND_NEWER_PACKAGE_VERSION_EXISTS",
    "WHEN_EXISTING_REG_IS_FAILED",
    "WHEN_EXISTING_REG_IS_FAILED_AND_NEWER_PACKAGE_VERSION_EXISTS",
)


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "PlayerLaunchType",
        "Enum.LaunchTypeValue",
        "FRAMESET",
        "Where the player opens.",
        values=_LAUNCH,
    ),
    Setting(
        "PlayerScoLaunchType",
        "Enum.LaunchTypeValue",
        "NEW_WINDOW",
        "Where the parts of the course open.",
        values=_LAUNCH,
    ),
    *group(
        "bool",
        ANY,
        ("PlayerShowFinishButton", "NO", "Show a button that leads back to the LMS."),
        ("PlayerShowCloseItem", "NO", "Show a button that closes the current part."),
        ("PlayerShowHelp", "NO", "Show a help button."),
        ("PlayerShowProgressBar", "NO", "Show how much of the course is done."),
        ("PlayerUseMeasureProgressBar", "NO", "Let measures, not parts, move the progress bar."),
        ("PlayerShowNavBar", "NO", "Show the bar with the navigation buttons."),
        ("PlayerShowTitleBar", "NO", "Show the title of the package above it."),
        ("PlayerPreventRightClick", "NO", "Keep learners from opening the context menu."),
        ("PlayerRequiredFullScreen", "NO", "The course works in full screen only."),
        ("PlayerDesiredFullScreen", "NO", "The course is best seen in full screen."),
        ("PlayerCaptureHistory", "YES", "Keep a history of attempts."),
        ("PlayerCaptureHistoryDetailed", "NO", "Keep every detail of the history."),
        ("UseModernPlayer", "true", "Use the modern player."),
        ("ConcurrentLaunchDetectionEnabled", "true", "Notice a second launch beside the first."),
        ("ForceExitConcurrentLaunches", "false", "End the older of two launches unasked."),
        ("ContentVaultEnabled", "false", "Guard the files of the course against other readers."),
        ("TinCanInteractionsEnabled", "true", "Read interactions out of xAPI statements."),
        ("GenerateTinCanLaunchStatements", "true", "Record a statement at every xAPI launch."),
        ("UsePlayerForTinCanLaunches", "true", "Launch xAPI content inside of the player."),
        ("RedirectLaunchPageOnExit", "false", "Send the launching page home on exit as well."),
        ("EnableClientDebugger", "false", "Let the debugger be opened by a key sequence."),
        ("WebContentForceNewWindow", "false", "Open web pages in a tab of their own."),
        ("ApiRollupRegistrationDuringSession", "true", "Post results while the learner works."),
        ("ApiRollupRegistrationSynchronous", "true", "Post the first results at once."),
        ("ApiRollupRegistrationIsJson", "true", "Post results as JSON, not as XML."),
    ),
    *group(
        "nonNegativeInt",
        ANY,
        ("PlayerRequiredWidth", "0", "Width in pixels without which the course fails; 0 for any."),
        ("PlayerRequiredHeight", "0", "Height in pixels without which the course fails."),
        ("PlayerDesiredWidth", "960", "Width in pixels that suits the course."),
        ("PlayerDesiredHeight", "600", "Height in pixels that suits the course."),
        ("PlayerCourseStructureWidth", "0", "Width in pixels of the outline; 0 to let it choose."),
        ("MediaContentCompletionThreshold", "95", "Percent of a film that completes it."),
        ("PDFContentPageDurationThreshold", "5", "Seconds after which a page counts as read."),
    ),
    *group(
        "string",
        ANY,
        ("ApiRollupRegistrationPostBackUrl", "", "Where results are posted; empty for nowhere."),
        ("ApiRollupRegistrationAuthType", "httpbasic", "How the poster shows who it is."),
        ("ApiRollupRegistrationAuthUser", "", "User name that results are posted with."),
        ("ApiRollupRegistrationFormat", "activity", "How detailed posted results are."),
        ("RedirectOnExitUrl", "", "Where learners go when they leave."),
        ("PrivacyPolicyUrl", "", "Where the player's link to a privacy policy leads."),
        ("ModernPlayerCustomizationStylesheetUrl", "", "Style sheet of the modern player."),
        ("ModernPlayerCustomizationLogo", "", "Picture that the modern player shows as a logo."),
    ),
    Setting(
        "ApiRollupRegistrationAuthPassword",
        "string",
        "",
        "Password that results are posted with.",
        is_secret=True,
    ),
    *group(
        "bool",
        SCORM | {Standard.AICC, Standard.CMI5},
        ("PlayerShowCourseStructure", "NO", "Show the outline of the course."),
        ("PlayerCourseStructureStartsOpen", "NO", "Show the outline from the start."),
    ),
    *group(
        "bool",
        CLASSIC | {Standard.CMI5},
        ("PlayerEnableFlowNav", "NO", "Offer buttons to the part before and after."),
        ("PlayerEnableChoiceNav", "NO", "Let learners choose parts in the outline."),
    ),
    *group(
        "bool",
        SCORM,
        ("PlayerIsCompletionTracked", "YES", "What the course says of completion counts."),
        ("PlayerIsSatisfactionTracked", "YES", "What the course says of success counts."),
        ("PlayerIsScoreTracked", "YES", "What the course says of scores counts."),
        ("PlayerIsIncompleteScoreMeaningful", "YES", "Scores count before completion too."),
        ("PlayerFinishCausesImmediateCommit", "YES", "Send data as soon as a part finishes."),
        ("PlayerValidateInteractionResponses", "YES", "Hold answers against SCORM's formats."),
        ("PlayerAlwaysFlowToFirstSco", "YES", "Begin with the first part, whatever is ruled."),
        ("PlayerWrapScoWindowWithApi", "NO", "Put a second API beside parts in windows."),
        ("PromptOnPlayerClose", "false", "Ask before the player's window closes."),
    ),
    *group(
        "nonNegativeInt",
        SCORM,
        ("PlayerCommCommitFrequency", "20000", "Milliseconds between two looks for new data."),
        ("PlayerCommMaxFailedSubmissions", "2", "Failures to send data before giving up."),
        ("PlayerSuspendDataMaxLength", "64000", "Bytes of suspend data that a part may keep."),
        ("PlayerTimeLimit", "0", "Minutes that the course may take; 0 for any."),
    ),
    *group(
        "bool",
        CLASSIC,
        ("PlayerAllowCompleteStatusChange", "NO", "Let a completed part change its status."),
        ("PlayerLaunchCompletedRegsAsNoCredit", "YES", "Relaunch completed courses for no credit."),
        ("PlayerScoreOverridesStatus", "NO", "Let the score decide on the status."),
    ),
    *group(
        "bool",
        ROLLUP,
        ("PlayerFirstScoIsPretest", "NO", "Passing the first part completes the course."),
        ("PlayerApplyRollupStatusToSuccess", "NO", "Let the rollup decide on success as well."),
    ),
    *group(
        "bool",
        NEW,
        ("PlayerScaleRawScore", "NO", "Take a raw score where there is no scaled one."),
        ("PlayerSatisfiedCausesCompletion", "NO", "A part that is passed is complete."),
        (
            "PlayerRollupEmptySetToUnknown",
            "NO",
            "Nothing known of the parts, nothing of the whole.",
        ),
        ("PlayerLogoutCausesPlayerExit", "YES", "Logging out of a part ends the player."),
    ),
    Setting(
        "PlayerStatusRollupModeValue",
        "Enum.StatusRollupMethodValue",
        "COMPLETE_WHEN_ALL_UNITS_COMPLETE_AND_NOT_FAILED",
        "When a course of several parts is complete.",
        ROLLUP,
        (
            ("STATUS_PROVIDED_BY_COURSE", "When it says so"),
            ("COMPLETE_WHEN_ALL_UNITS_COMPLETE", "When all parts are"),
            ("COMPLETE_WHEN_ALL_UNITS_COMPLETE_AND_NOT_FAILED", "When all are and none failed"),
            ("COMPLETE_WHEN_THRESHOLD_SCORE_IS_MET", "When its score is high enough"),
            (
                "COMPLETE_WHEN_ALL_UNITS_COMPLETE_AND_THRESHOLD_SCORE_IS_MET",
                "When all parts are complete and its score is high enough",
            ),
            ("COMPLETE_WHEN_ALL_UNITS_ARE_PASSED", "When all parts are passed"),
        ),
    ),
    Setting(
        "PlayerStatusRollupModeThresholdScore",
        "nullableDouble",
        "80",
        "Score that completes a course where the score decides.",
        ROLLUP,
    ),
    Setting(
        "PlayerScoreRollupModeValue",
        "Enum.ScoreRollupMethodValue",
        "AVERAGE_SCORE_OF_ALL_UNITS_WITH_SCORES",
        "How the score of a course is made of those of its parts.",
        ROLLUP,
        (
            ("SCORE_PROVIDED_BY_COURSE", "The course says it"),
            ("AVERAGE_SCORE_OF_ALL_UNITS", "Average of all parts"),
            ("AVERAGE_SCORE_OF_ALL_UNITS_WITH_SCORES", "Average of the parts with a score"),
            (
                "AVERAGE_SCORE_OF_ALL_UNITS_WITH_NONZERO_SCORES",
                "Average of the parts with a score above zero",
            ),
            ("FIXED_AVERAGE", "Sum of all parts, divided by a fixed number"),
            ("LAST_SCO_SCORE", "That of the last part"),
        ),
    ),
    Setting(
        "WhenToRestartRegistration",
        "Enum.RegistrationInstanceIncrementTimingValue",
        "WHEN_EXISTING_REG_IS_COMPLETE_AND_NEWER_PACKAGE_VERSION_EXISTS",
        "When a launch begins the registration anew.",
        values=_RESTART,
    ),
    *RARE_SETTINGS,
)

BY_ID: Mapping[str, Setting] = {setting.id: setting for setting in SETTINGS}
