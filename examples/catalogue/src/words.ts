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
  UP: "Working",
};

export const COMPLETENESS: Record<Completeness, string> = {
  COMPLETE: "All records searched",
  PARTIAL: "Searched in part: there may be more",
  UNSUPPORTED: "Can’t be searched by e-mail",
};

const LIST = new Intl.ListFormat("en", { type: "conjunction" });
const CHOICE = new Intl.ListFormat("en", { type: "disjunction" });
const PERCENT = new Intl.NumberFormat(undefined, { style: "percent" });
const DAY = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const INSTANT = { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" } as const;
const THIS_YEARS = new Intl.DateTimeFormat(undefined, INSTANT);
const OTHER = new Intl.DateTimeFormat(undefined, { ...INSTANT, year: "numeric" });
const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

export function day(instant: string): string {
  return DAY.format(new Date(instant));
}

/** A day and a time; the year is left out where it is this one. */
export function moment(instant: string): string {
  const date = new Date(instant);
  const format = date.getFullYear() === new Date().getFullYear() ? THIS_YEARS : OTHER;
  return format.format(date);
}

export function timeOfDay(milliseconds: number): string {
  return TIME.format(milliseconds);
}

/** A share of 100, such as `65%`. */
export function percent(score: number): string {
  return PERCENT.format(Math.round(score) / 100);
}

/** How many there are of something, such as `1 course`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Names as a sentence has them, such as `a, b, and c`. */
export function listed(names: string[]): string {
  return LIST.format(names);
}

/** Names of which each is meant alone, such as `a, b, or c`. */
export function either(names: string[]): string {
  return CHOICE.format(names);
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

/** `some words` as `Some words`. */
export function begun(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
