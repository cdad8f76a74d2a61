import type {
  AssignmentStatus,
  Completeness,
  HealthStatus,
  Provider,
  Status,
} from "./graph/graphql";

/** The graph's words in a reader's. */
export const PROVIDERS: Record<Provider, string> = {
  BINDBEE: "Bindbee",
  SCORM_CLOUD: "SCORM Cloud",
  STACKONE: "StackOne",
  VITALSOURCE: "VitalSource",
};

export const STATUSES: Record<Status, string> = {
  ACTIVE: "Active",
  INACTIVE: "Inactive",
  PENDING: "Pending",
};

export const ASSIGNMENTS: Record<AssignmentStatus, string> = {
  COMPLETED: "Completed",
  IN_PROGRESS: "In progress",
  PENDING: "Not begun",
};

export const HEALTH: Record<HealthStatus, string> = {
  DEGRADED: "Needs attention",
  DOWN: "Down",
  UP: "Up",
};

export const COMPLETENESS: Record<Completeness, string> = {
  COMPLETE: "All records searched",
  PARTIAL: "Searched in part: there may be more",
  UNSUPPORTED: "Can’t be searched by e-mail",
};

const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const INSTANT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function day(instant: string): string {
  return DAY.format(new Date(instant));
}

export function moment(instant: string): string {
  return INSTANT.format(new Date(instant));
}

/** A length of time, such as `1 h 30 min`. */
export function span(seconds: number): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const hours = Math.floor(minutes / 60);
  return [hours && `${hours} h`, minutes % 60 && `${minutes % 60} min`].filter(Boolean).join(" ");
}

/** A number of bytes, such as `1.4 MB`. */
export function size(bytes: number): string {
  const [unit, divisor] = bytes < 1e6 ? (["kB", 1e3] as const) : (["MB", 1e6] as const);
  return `${(bytes / divisor).toFixed(1)} ${unit}`;
}

/** `SOME_WORD` as `some word`. */
export function plain(word: string): string {
  return word.toLowerCase().replaceAll("_", " ");
}
