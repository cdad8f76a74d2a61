import { useEffect, useState } from "react";
import { Link, useSearchParams } from "wouter";

import { useAsked } from "./asked";
import { Continue, useFirstRow } from "./continue";
import { BlankCards, CourseCard } from "./course-card";
import { graphql } from "./graph";
import type { CatalogueChoicesQuery, CourseFilter, Status } from "./graph/graphql";
import { Page } from "./page";
import {
  Failure,
  Outdated,
  Silence,
  type Trouble,
  Troubles,
  isHopeless,
  isPassing,
  troubles,
} from "./troubles";
import { STATUSES, count } from "./words";

const CatalogueChoices = graphql(`
  query CatalogueChoices {
    sources {
      id
      name
      categories(first: 100) {
        nodes {
          id
          name
        }
      }
    }
  }
`);

const CatalogueCourses = graphql(`
  query CatalogueCourses($filter: CourseFilter, $sources: [String!], $after: String) {
    courses(first: 24, filter: $filter, sources: $sources, after: $after) {
      nodes {
        id
        ...CourseCard_course
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

/** What the visitor is looking for; it stands in the address, so it can be kept and sent. */
interface Wish {
  title: string;
  source: string;
  status: string;
  category: string;
}

/** Courses of all sources, with a search and filters. */
export function CataloguePage() {
  const [wish, setWish] = useWish();
  const [{ data: choices, error, fetching }, ask] = useAsked({ query: CatalogueChoices });
  const asked = question(wish, choices);
  return (
    <Page title="Catalogue" lead="Every course, whichever system it lives in.">
      <Filters wish={wish} onWish={setWish} choices={choices} />
      <section className="cards" aria-label="Courses">
        {asked && (
          <Courses
            {...asked}
            known={choices?.sources?.map(({ name }) => name) ?? []}
            isNarrowed={Object.values(wish).some(Boolean)}
            clear={() => setWish({ title: "", source: "", status: "", category: "" })}
          />
        )}
        {!asked && error && !fetching && (
          <Failure error={error} again={() => ask({ requestPolicy: "network-only" })} />
        )}
        {!asked && (!error || fetching) && <Awaited />}
      </section>
    </Page>
  );
}

function useWish() {
  const [parameters, setParameters] = useSearchParams();
  const given = (name: keyof Wish) => parameters.get(name) ?? "";
  const wish: Wish = {
    title: given("title"),
    source: given("source"),
    status: given("status"),
    category: given("category"),
  };
  const setWish = (change: Partial<Wish>) =>
    setParameters(
      (now) => {
        const all = [...Object.entries({ ...Object.fromEntries(now), ...change })];
        return new URLSearchParams(all.filter(([, value]) => value));
      },
      { replace: true },
    );
  return [wish, setWish] as const;
}

interface Question {
  filter: CourseFilter;
  sources: string[] | null;
}

/** The wish as the graph takes it; null while the categories' ids are unknown. */
function question(wish: Wish, choices: CatalogueChoicesQuery | undefined): Question | null {
  if (wish.category && !choices) return null;
  // The same subject is another category at every source.
  const same = categories(choices).filter(({ name }) => name === wish.category);
  return {
    filter: {
      ...(wish.title && { title: wish.title }),
      ...(wish.status in STATUSES && { status: wish.status as Status }),
      ...(wish.category && { categories: same.map(({ id }) => id) }),
    },
    sources: wish.source ? [wish.source] : null,
  };
}

function categories(choices: CatalogueChoicesQuery | undefined) {
  return choices?.sources?.flatMap(({ categories }) => categories?.nodes ?? []) ?? [];
}

interface Choosing {
  wish: Wish;
  onWish: (change: Partial<Wish>) => void;
  choices: CatalogueChoicesQuery | undefined;
}

function Filters({ wish, onWish, choices }: Choosing) {
  const named = categories(choices).flatMap(({ name }) => name ?? []);
  const subjects = [...new Set(named)].sort((one, other) => one.localeCompare(other));
  return (
    <search>
      <form className="filters" onSubmit={(event) => event.preventDefault()}>
        <Search title={wish.title} onTitle={(title) => onWish({ title })} />
        <Choice
          label="Source"
          every="All sources"
          value={wish.source}
          options={choices?.sources?.map(({ name }) => [name, name]) ?? []}
          onChoice={(source) => onWish({ source })}
        />
        <Choice
          label="Status"
          every="Any status"
          value={wish.status}
          options={Object.entries(STATUSES)}
          onChoice={(status) => onWish({ status })}
        />
        <Choice
          label="Category"
          every="All categories"
          value={wish.category}
          options={subjects.map((name) => [name, name])}
          onChoice={(category) => onWish({ category })}
        />
      </form>
    </search>
  );
}

function Search({ title, onTitle }: { title: string; onTitle: (title: string) => void }) {
  const [text, setText] = useState(title);
  useEffect(() => setText(title), [title]);
  useEffect(() => {
    if (text.trim() === title) return;
    const waiting = setTimeout(() => onTitle(text.trim()), 300);
    return () => clearTimeout(waiting);
  });
  return (
    <label className="wide">
      Title
      <input
        type="search"
        value={text}
        placeholder="Search titles"
        onChange={(event) => setText(event.target.value)}
      />
    </label>
  );
}

interface Choosable {
  label: string;
  every: string;
  value: string;
  options: (readonly [string, string])[];
  onChoice: (value: string) => void;
}

function Choice({ label, every, value, options, onChoice }: Choosable) {
  // What stands in the address is shown before the options are known.
  const known = options.some(([each]) => each === value);
  const all = value && !known ? [...options, [value, value] as const] : options;
  return (
    <label>
      {label}
      <select value={value} onChange={(event) => onChoice(event.target.value)}>
        <option value="">{every}</option>
        {all.map(([each, name]) => (
          <option key={each} value={each}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

interface Courses extends Question {
  after?: string;
  /** Names of all sources; none until they are read. */
  known: string[];
  isNarrowed: boolean;
  clear: () => void;
}

/** A page of courses, and, once they are asked for, all that follow it. */
function Courses(asked: Courses) {
  const { filter, sources, after } = asked;
  const [{ data, error, fetching }, ask] = useAsked({
    query: CatalogueCourses,
    variables: { filter, sources, after: after ?? null },
  });
  const again = () => ask({ requestPolicy: "network-only" });
  const list = useFirstRow<HTMLUListElement>(Boolean(data));
  const page = data?.courses;
  // The graph takes whatever else stands in the address; a source has to be one of its own.
  if (!page && error && sources && isHopeless(error)) return <NoSource {...asked} />;
  if (!page && error && !fetching) return <Failure error={error} again={again} />;
  if (!page) return after ? <BlankCards count={8} /> : <Awaited />;
  const more = (cursor: string) => <Courses {...asked} after={cursor} />;
  const failed = troubles(error, "courses");
  const { hasNextPage, endCursor } = page.pageInfo;
  const isEmpty = !page.nodes.length && !hasNextPage && !failed.some(isPassing);
  const isSilent = !after && !page.nodes.length && isUnanswered(failed, asked);
  const found = isSilent ? "Nothing can be shown now" : counted(page.nodes.length, hasNextPage);
  return (
    <>
      {!after && <Found {...asked}>{found}</Found>}
      <Outdated error={error} again={again} />
      {isSilent && <Silence troubles={failed} again={again} />}
      {!isSilent && <Troubles troubles={failed} again={again} resume={more} after={after} />}
      <ul ref={list} aria-busy={fetching}>
        {page.nodes.map((course) => (
          <CourseCard key={course.id} course={course} />
        ))}
      </ul>
      {!after && isEmpty && <Nothing {...asked} />}
      {hasNextPage && endCursor && (
        <Continue
          // Another question begins at its first page.
          key={JSON.stringify([filter, sources])}
          label="Show more courses"
          cursor={endCursor}
          disabled={fetching}
        >
          {more(endCursor)}
        </Continue>
      )}
    </>
  );
}

/** What stands there until the first page does, as large as that. */
function Awaited() {
  return (
    <>
      <div className="found" aria-hidden="true" />
      <BlankCards count={8} />
    </>
  );
}

/** Whether no source answered that could have, one of them for a reason that may pass. */
function isUnanswered(failed: Trouble[], { sources, known }: Courses): boolean {
  const silent = new Set(failed.map(({ source }) => source));
  return failed.some(isPassing) && (sources ?? known).every((name) => silent.has(name));
}

function counted(shown: number, hasMore: boolean): string {
  if (!shown) return "No courses";
  return `${hasMore ? "The first " : ""}${count(shown, "course")}`;
}

/** How much there is, which screen readers are told whenever it changes. */
function Found({ isNarrowed, clear, children }: Courses & { children: string }) {
  return (
    <div className="found">
      <p role="status">{children}</p>
      {isNarrowed && (
        <button type="button" className="plain" onClick={clear}>
          Clear search and filters
        </button>
      )}
    </div>
  );
}

/** The address names a source that the graph doesn't have, so there is nothing to try again. */
function NoSource(asked: Courses) {
  return (
    <>
      <Found {...asked}>There is no such source</Found>
      <div className="empty">
        <p>
          <strong>No source is called “{asked.sources?.[0]}”.</strong>
        </p>
        <p>Choose one that there is, or all of them.</p>
      </div>
    </>
  );
}

function Nothing({ isNarrowed }: { isNarrowed: boolean }) {
  return (
    <div className="empty">
      <p>
        <strong>{isNarrowed ? "No course is like that." : "There are no courses yet."}</strong>
      </p>
      <p>{isNarrowed ? "Try fewer filters, or other words." : <ImportOne />}</p>
    </div>
  );
}

function ImportOne() {
  return (
    <>
      <Link href="/import">Import one</Link> to begin.
    </>
  );
}
