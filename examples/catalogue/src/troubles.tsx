import { Fragment, type ReactNode, useState } from "react";
import type { CombinedError } from "urql";

import { Pressed } from "./continue";
import { listed, plain } from "./words";

/** What the graph says of a source that failed, or couldn't do what was asked. */
export interface Trouble {
  message: string;
  code: string;
  source: string | undefined;
  /** Resumes the list for the one source that failed. */
  cursor: string | undefined;
}

/** Whether the answer failed for what was asked, and would again. */
export function isHopeless(error: CombinedError): boolean {
  const codes = error.graphQLErrors.map(({ extensions }) => extensions["code"]);
  return codes.includes("BAD_USER_INPUT") || codes.includes("NOT_FOUND");
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
  const passing = new Map(
    troubles.filter(isPassing).map((each) => [`${each.source} ${each.code}`, each]),
  );
  return (
    <>
      {[...passing].map(([name, each]) => (
        <Missing key={name} trouble={each} {...rest} />
      ))}
      <Unable troubles={troubles.filter((each) => !isPassing(each))} />
    </>
  );
}

/** Names all sources that are missing in one note, where there is nothing of any other. */
export function Silence({ troubles, again }: Pick<Told, "troubles" | "again">) {
  const reasons = Map.groupBy(troubles.filter(isPassing), reason);
  return (
    <>
      <div className="note warning" role="alert">
        <p>
          {[...reasons].map(([reason, silent], at) => (
            <Fragment key={reason}>
              {at > 0 && "; "}
              <strong>{listed(named(silent))}</strong> {named(silent).length > 1 ? "are" : "is"}{" "}
              {reason}
            </Fragment>
          ))}
          .
        </p>
        <button type="button" onClick={again}>
          Try again
        </button>
      </div>
      <Unable troubles={troubles.filter((each) => !isPassing(each))} />
    </>
  );
}

function named(troubles: Trouble[]): string[] {
  return [...new Set(troubles.map(({ source }) => source ?? "something"))];
}

/** Sources that can't do what was asked, now or later, so there is nothing to try again. */
function Unable({ troubles }: { troubles: Trouble[] }) {
  if (!troubles.length) return null;
  const reason = ({ source, message }: Trouble) =>
    message.replace(`${source}: `, "").replace("this source ", "").replaceAll("`", "");
  return (
    <p className="note" role="note">
      <span>
        Not included:{" "}
        {[...Map.groupBy(troubles, reason)].map(([reason, unable], at) => (
          <Fragment key={reason}>
            {at > 0 && "; "}
            <strong>{unable.map(({ source }) => source).join(", ")}</strong> ({reason})
          </Fragment>
        ))}
        .
      </span>
    </p>
  );
}

interface Note extends Omit<Told, "troubles"> {
  trouble: Trouble;
}

function Missing({ trouble, again, resume, after }: Note) {
  const cursor = trouble.cursor === after ? undefined : trouble.cursor;
  const [resumed, setResumed] = useState(false);
  if (resumed && resume && cursor) return <Pressed value>{resume(cursor)}</Pressed>;
  const { message, source } = trouble;
  return (
    <div className="note warning" role="alert">
      <p>
        <strong>{source ? `${source} is missing.` : "Something is missing."}</strong>{" "}
        {source ? `It is ${reason(trouble)}.` : message}
      </p>
      <button type="button" onClick={() => (resume && cursor ? setResumed(true) : again())}>
        Try again
      </button>
    </div>
  );
}

/** Why a source failed, as what follows `It is`. */
function reason({ code }: Trouble): string {
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

/** What is shown couldn't be read again, for there is no connection. */
export function Outdated({ error, again }: { error: CombinedError | undefined; again: () => void }) {
  if (!error?.networkError) return null;
  return (
    <div className="note warning" role="alert">
      <p>
        <strong>The server can’t be reached.</strong> This was read before.
      </p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  );
}

/** Nothing came at all. */
export function Failure({ error, again }: { error: CombinedError; again: () => void }) {
  const offline = error.networkError !== undefined;
  const [first] = troubles(error);
  return (
    <div className="note failure" role="alert">
      <p>
        <strong>{offline ? "The server can’t be reached." : "This can’t be shown now."}</strong>{" "}
        {offline && "Is this device online?"}
        {!offline && (first?.source ? `${first.source} is ${reason(first)}.` : first?.message)}
      </p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  );
}
