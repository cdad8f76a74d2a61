import { type ReactNode, useState } from "react";
import type { CombinedError } from "urql";

import { plain } from "./words";

/** What the graph says of a source that failed, or couldn't do what was asked. */
interface Trouble {
  message: string;
  code: string;
  source: string | undefined;
  /** Resumes the list for the one source that failed. */
  cursor: string | undefined;
}

/** Whether the answer failed for what was asked, and would again. */
export function isHopeless(error: CombinedError): boolean {
  return error.graphQLErrors.some(({ extensions }) => extensions["code"] === "BAD_USER_INPUT");
}

/** Whether something is missing that may come another time. */
export function isPassing({ code }: Trouble): boolean {
  return code !== "UNSUPPORTED";
}

/** The errors below a path of the answer, such as `course.completions`. */
export function troubles(error: CombinedError | undefined, ...path: string[]): Trouble[] {
  const found = error?.graphQLErrors.filter((each) =>
    path.every((step, at) => each.path?.[at] === step),
  );
  return (found ?? []).map(({ message, extensions }) => ({
    message,
    code: String(extensions["code"] ?? ""),
    source: extensions["source"] as string | undefined,
    cursor: extensions["cursor"] as string | undefined,
  }));
}

interface Told {
  troubles: Trouble[];
  /** Reads the same again. */
  again: () => void;
  /** Shows what the source that failed has, from a cursor on; without it all is read again. */
  resume?: (cursor: string) => ReactNode;
  /** Cursor that this page was read from, which can only be read again. */
  after?: string | undefined;
}

/** Names the sources that are missing; each can be tried again by itself. */
export function Troubles({ troubles, ...rest }: Told) {
  return (
    <>
      {troubles.filter(isPassing).map((each) => (
        <Missing key={`${each.source} ${each.code}`} trouble={each} {...rest} />
      ))}
      <Unable troubles={troubles.filter((each) => !isPassing(each))} />
    </>
  );
}

/** Sources that can't do what was asked, now or later, so there is nothing to try again. */
function Unable({ troubles }: { troubles: Trouble[] }) {
  const reason = ({ source, message }: Trouble) => message.replace(`${source}: `, "");
  return [...Map.groupBy(troubles, reason)].map(([reason, unable]) => (
    <p className="note" role="note" key={reason}>
      <span>
        Not included: <strong>{unable.map(({ source }) => source).join(", ")}</strong> (
        {reason.replaceAll("`", "")}).
      </span>
    </p>
  ));
}

interface Note extends Omit<Told, "troubles"> {
  trouble: Trouble;
}

function Missing({ trouble, again, resume, after }: Note) {
  const { code, message, source } = trouble;
  const cursor = trouble.cursor === after ? undefined : trouble.cursor;
  const [resumed, setResumed] = useState(false);
  if (resumed && resume && cursor) return resume(cursor);
  return (
    <div className="note warning" role="alert">
      <p>
        <strong>{source ? `${source} is missing.` : "Something is missing."}</strong>{" "}
        {source ? `It is ${reason(code)}.` : message}
      </p>
      <button type="button" onClick={() => (resume && cursor ? setResumed(true) : again())}>
        Try again
      </button>
    </div>
  );
}

function reason(code: string): string {
  const words: Record<string, string> = {
    UPSTREAM_UNAVAILABLE: "not answering",
    UPSTREAM_TIMEOUT: "too slow to answer",
    DEADLINE_EXCEEDED: "too slow to answer",
    UPSTREAM_RATE_LIMITED: "out of quota for the moment",
    UPSTREAM_AUTH_FAILED: "refusing our credentials",
    UPSTREAM_ACCOUNT_DISABLED: "disabled",
  };
  return words[code] ?? `failing (${plain(code)})`;
}

/** Nothing came at all. */
export function Failure({ error, again }: { error: CombinedError; again: () => void }) {
  const offline = error.networkError !== undefined;
  const [first] = error.graphQLErrors;
  return (
    <div className="note failure" role="alert">
      <p>
        <strong>{offline ? "The graph can’t be reached." : "This couldn’t be read."}</strong>{" "}
        {offline ? "Look at your connection." : first?.message}
      </p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  );
}
