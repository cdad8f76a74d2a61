import type { ReactNode } from "react";
import type { CombinedError, UseQueryResponse } from "urql";

import { Continue, useFirstRow } from "./continue";
import { Blanks } from "./page";
import { Failure, type Trouble, Troubles, troubles } from "./troubles";

/** A page of rows, as a connection has it. */
interface RowsPage<Row> {
  nodes: readonly Row[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

/** How a page came to be, and how it can be read again. */
export interface Told {
  troubles: Trouble[];
  again: () => void;
  /** Cursor that the page was asked for with; the first has none. */
  after?: string;
}

interface Shown<Row> extends Told {
  /** What the rows are, such as `completions`. */
  name: string;
  page: RowsPage<Row> | null;
  children: (row: Row) => ReactNode;
  /** Heads of the columns, the widest first. */
  heads: string[];
  /** What is said where there are none. */
  none: string;
  /** The page that follows, from a cursor on. */
  more: (after: string) => ReactNode;
  /** Whether a source that failed is read from its cursor on, below what the others have. A list
   * that is sorted is read as a whole: what is missing belongs in between. */
  isResumed?: boolean;
}

/** Rows of a list: a page of it, and, once they are asked for, all that follow. */
export function Rows<Row extends { id: string }>(props: Shown<Row>) {
  const { name, page, children, heads, none, more, isResumed, troubles, again, after } = props;
  const list = useFirstRow<HTMLUListElement>(page !== null);
  const isFirst = after === undefined;
  return (
    <>
      <Troubles
        troubles={troubles}
        again={again}
        after={after}
        {...(isResumed && { resume: more })}
      />
      {isFirst && page && page.nodes.length > 0 && <Heads names={heads} />}
      <ul className="rows" ref={list}>
        {page?.nodes.map((row) => <li key={row.id}>{children(row)}</li>)}
      </ul>
      {isFirst && page?.nodes.length === 0 && !troubles.length && <p className="quiet">{none}</p>}
      {page?.pageInfo.hasNextPage && page.pageInfo.endCursor && (
        <Continue label={`Show more ${name}`} cursor={page.pageInfo.endCursor}>
          {more(page.pageInfo.endCursor)}
        </Continue>
      )}
    </>
  );
}

/** What the columns are. Each cell says it itself, too: to screen readers, and on a phone. */
function Heads({ names }: { names: string[] }) {
  return (
    <p className="heads" aria-hidden="true">
      {names.map((name, at) => (
        <span key={name} className={at ? "cell" : "grow"} data-name={name}>
          {name}
        </span>
      ))}
    </p>
  );
}

interface Inside {
  /** What the value is. */
  name: string;
  /** Left empty where it is unknown. */
  children: ReactNode;
  result?: string | null;
}

/** A value of a row, below the head of its name. */
export function Cell({ name, children, result }: Inside) {
  return (
    <span className="cell" data-name={name} data-result={result ?? undefined}>
      {children !== null && (
        <>
          <span className="name">{name} </span>
          {children}
        </>
      )}
    </span>
  );
}

interface Further<Data> {
  asked: UseQueryResponse<Data>;
  /** Where the list stands in the answer. */
  path: string[];
  children: (data: Data, told: Omit<Told, "after">) => ReactNode;
}

/** A further page of rows, while it is read, when it is there, and where it can't be read. */
export function Further<Data>({ asked, path, children }: Further<Data>) {
  const [{ data, error }, ask] = asked;
  const again = () => ask({ requestPolicy: "network-only" });
  if (!data) return error ? <Failure error={error} again={again} /> : <Blanks count={10} />;
  return children(data, { troubles: troubles(error as CombinedError | undefined, ...path), again });
}
