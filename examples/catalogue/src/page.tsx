import { type ReactNode, useEffect } from "react";

interface Shown {
  title: ReactNode;
  /** What the browser's tab says, where the title is no text. */
  name?: string;
  lead?: ReactNode;
  children: ReactNode;
}

/** A page: its heading, what stands below it, and its name in the browser's tab. */
export function Page({ title, name, lead, children }: Shown) {
  const said = name ?? (typeof title === "string" ? title : "");
  useEffect(() => {
    document.title = said ? `${said} · coursegraph` : "coursegraph";
  }, [said]);
  return (
    <main id="main">
      <h1 tabIndex={-1}>{title}</h1>
      {lead && <p className="lead">{lead}</p>}
      {children}
    </main>
  );
}

/** Where text will stand, as wide as it may be. */
export function Blank({ width = "100%" }: { width?: string }) {
  return <span className="blank" style={{ width }} aria-hidden="true" />;
}

/** Rows that are being read. */
export function Blanks({ count }: { count: number }) {
  return (
    <ul className="rows" aria-hidden="true">
      {Array.from({ length: count }, (_, at) => (
        <li key={at}>
          <Blank width={`${45 + ((at * 17) % 30)}%`} />
          <Blank width="20%" />
        </li>
      ))}
    </ul>
  );
}
