import { useEffect, useRef, useState } from "react";
import { useSubscription } from "urql";
import { Link } from "wouter";

import { graphql } from "./graph";

const FollowImport = graphql(`
  subscription FollowImport($id: ID!) {
    courseImport(id: $id) {
      status
      message
      warnings
      userErrors {
        message
      }
      course {
        id
        title
      }
    }
  }
`);

const STEPS = { RUNNING: "now", COMPLETE: "done", ERROR: "failed" } as const;

interface Followed {
  id: string;
  onDone: () => void;
}

/** An import from now on until it is over, told as it happens. */
export function Progress({ id, onDone }: Followed) {
  const [attempt, setAttempt] = useState(0);
  return (
    <Following key={attempt} id={id} onDone={onDone} again={() => setAttempt(attempt + 1)} />
  );
}

function Following({ id, onDone, again }: Followed & { again: () => void }) {
  const [{ data, error }] = useSubscription({ query: FollowImport, variables: { id } });
  const found = data?.courseImport;
  const section = useRef<HTMLElement>(null);
  // The form that had the focus is gone.
  useEffect(() => section.current?.focus(), []);
  const status = found?.status ?? (error ? null : "RUNNING");
  return (
    <section
      className="sheet progress"
      aria-label="Progress of the import"
      aria-live="polite"
      ref={section}
      tabIndex={-1}
    >
      <ol>
        <Step title="Sent to the source" state="done" />
        <Step title="The source makes a course of it" state={status ? STEPS[status] : "failed"} />
        <Step title="The course is there" state={status === "COMPLETE" ? "done" : "later"} />
      </ol>
      {status === "RUNNING" && <p className="quiet">{found?.message || "Under way…"}</p>}
      {status === "COMPLETE" && (
        <p>
          <strong>{found?.course?.title ?? "The course"}</strong> is ready.{" "}
          {found?.course && <Link href={`/courses/${found.course.id}`}>Open the course</Link>}
        </p>
      )}
      {status === "COMPLETE" && found?.warnings && found.warnings.length > 0 && (
        <details>
          <summary>What the source found strange</summary>
          <ul>
            {found.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      )}
      {status === "ERROR" && (
        <div className="note failure">
          <p>
            <strong>No course was made.</strong>{" "}
            {found?.userErrors.map((each) => each.message).join(" ") || found?.message}
          </p>
        </div>
      )}
      {error && status !== "COMPLETE" && (
        <div className="note warning">
          <p>The import can’t be followed: {error.graphQLErrors[0]?.message ?? "no connection"}.</p>
          <button type="button" onClick={again}>
            Try again
          </button>
        </div>
      )}
      {status !== "RUNNING" && (
        <button type="button" onClick={onDone}>
          Import another
        </button>
      )}
    </section>
  );
}

function Step({ title, state }: { title: string; state: "done" | "now" | "later" | "failed" }) {
  return (
    <li data-state={state} aria-current={state === "now" ? "step" : undefined}>
      {title}
    </li>
  );
}
