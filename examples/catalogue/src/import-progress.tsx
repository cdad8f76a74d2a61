import { useState, useSyncExternalStore } from "react";
import { useSubscription } from "urql";
import { Link } from "wouter";

import { connection } from "./client";
import { graphql } from "./graph";
import { isHopeless, troubles } from "./troubles";

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

/** An import from now on until it is over, told as it happens. */
export function Progress({ id }: { id: string }) {
  const [attempt, setAttempt] = useState(0);
  return <Following key={attempt} id={id} again={() => setAttempt(attempt + 1)} />;
}

function Following({ id, again }: { id: string; again: () => void }) {
  const [{ data, error }] = useSubscription({ query: FollowImport, variables: { id } });
  const isLost = useSyncExternalStore(connection.subscribe, connection.isLost);
  const found = data?.courseImport;
  const status = found?.status ?? (error ? null : "RUNNING");
  const isOver = status === "COMPLETE" || status === "ERROR";
  if (error && isHopeless(error)) return <NoImport />;
  return (
    <section className="sheet progress" aria-label="Progress of the import" aria-live="polite">
      <ol>
        <Step title="The package is sent" state="done" />
        <Step title="The source unpacks it" state={status ? STEPS[status] : "later"} />
        <Step title="The course is ready" state={status === "COMPLETE" ? "done" : "later"} />
      </ol>
      {status === "RUNNING" && !isLost && <p className="quiet">{found?.message || "Under way…"}</p>}
      {status === "COMPLETE" && <Made course={found?.course} warnings={found?.warnings ?? []} />}
      {status === "ERROR" && (
        <p className="note failure">
          <span>
            <strong>No course was made.</strong>{" "}
            {found?.userErrors.map((each) => each.message).join(" ") || found?.message}
          </span>
        </p>
      )}
      {!isOver && isLost && !error && (
        <p className="note warning">
          <span>
            <strong>The connection is lost.</strong> The import goes on without it, and is shown
            again as soon as there is one.
          </span>
        </p>
      )}
      {!isOver && error && (
        <div className="note warning">
          <p>
            <strong>This import can’t be followed.</strong> {troubles(error)[0]?.message}
          </p>
          <button type="button" onClick={again}>
            Try again
          </button>
        </div>
      )}
      {(isOver || error) && (
        <Link href="/import" className="button">
          Import another
        </Link>
      )}
    </section>
  );
}

function NoImport() {
  return (
    <div className="empty" role="status">
      <p>
        <strong>No such import.</strong>
      </p>
      <p>
        Its source may have forgotten it. <Link href="/import">Import a course</Link>
      </p>
    </div>
  );
}

interface Made {
  course: { id: string; title: string } | null | undefined;
  warnings: readonly string[];
}

function Made({ course, warnings }: Made) {
  return (
    <>
      <p>
        <strong>{course?.title ?? "The course"}</strong> is ready.{" "}
        {course && <Link href={`/courses/${course.id}`}>Open the course</Link>}
      </p>
      {warnings.length > 0 && (
        <details>
          <summary>What the source found strange</summary>
          <ul>
            {warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Step({ title, state }: { title: string; state: "done" | "now" | "later" | "failed" }) {
  return (
    <li data-state={state} aria-current={state === "now" ? "step" : undefined}>
      {title}
    </li>
  );
}
