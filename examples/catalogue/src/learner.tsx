import { type FormEvent, type ReactNode, useEffect, useRef } from "react";
import type { CombinedError } from "urql";
import { Link, useSearchParams } from "wouter";

import { useAsked } from "./asked";
import { Field } from "./field";
import { type FragmentType, graphql, readFragment } from "./graph";
import type { LearnerQuery } from "./graph/graphql";
import { Assignments, Completions } from "./learner-lists";
import { Blank, Blanks, Page } from "./page";
import { SourceBadge } from "./source-badge";
import { Failure, Outdated, Troubles, isHopeless, isPassing, troubles } from "./troubles";
import { COMPLETENESS, listed } from "./words";

const Learner = graphql(`
  query Learner($email: String!) {
    learner(email: $email) {
      email
      name
      places {
        source {
          id
          name
        }
        ...Place_place
      }
      completions(first: 10) {
        ...LearnerCompletions_page
      }
      assignments(first: 10) {
        ...LearnerAssignments_page
      }
    }
  }
`);

/** A person across all sources, found by e-mail. */
export function LearnerPage() {
  const [parameters, setParameters] = useSearchParams();
  const email = parameters.get("email") ?? "";
  const [asked, ask] = useAsked({ query: Learner, variables: { email }, pause: !email });
  const again = () => ask({ requestPolicy: "network-only" });
  // While somebody else is looked up, the answer is about the person before.
  const isAbout = asked.operation?.variables.email === email;
  const error = isAbout ? asked.error : undefined;
  const isWrong = error !== undefined && isHopeless(error);
  return (
    <Page title="Learners" lead="One person, wherever they learn, found by e-mail address.">
      <Lookup email={email} isWrong={isWrong} onLookup={(email) => setParameters({ email })} />
      {!email && <Invitation />}
      {email && !isWrong && (
        <Person
          email={email}
          learner={isAbout ? asked.data?.learner : undefined}
          error={error}
          isFetching={asked.fetching || !isAbout}
          again={again}
        />
      )}
    </Page>
  );
}

const WRONG = { field: ["email"], message: "No e-mail address: one is like ada@example.org." };

interface Lookup {
  email: string;
  isWrong: boolean;
  onLookup: (email: string) => void;
}

function Lookup({ email, isWrong, onLookup }: Lookup) {
  const input = useRef<HTMLInputElement>(null);
  // The address changes by a link, too, and by going back.
  useEffect(() => {
    if (input.current) input.current.value = email;
  }, [email]);
  function look(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    onLookup(String(new FormData(event.currentTarget).get("email")).trim());
  }
  return (
    <search>
      <form className="filters lookup" onSubmit={look}>
        <Field name="email" label="E-mail address" errors={isWrong ? [WRONG] : []}>
          <input
            ref={input}
            type="email"
            required
            placeholder="ada.byron@academy.example"
            autoComplete="off"
          />
        </Field>
        <button type="submit" className="primary">
          Look up
        </button>
      </form>
    </search>
  );
}

function Invitation() {
  const somebody = "ada.byron@academy.example";
  return (
    <div className="empty">
      <p>
        <strong>Whom are you looking for?</strong>
      </p>
      <p>
        The demo knows <Link href={`/learners?email=${somebody}`}>{somebody}</Link>.
      </p>
    </div>
  );
}

interface Person {
  email: string;
  learner: LearnerQuery["learner"] | undefined;
  error: CombinedError | undefined;
  isFetching: boolean;
  again: () => void;
}

function Person({ email, learner, error, isFetching, again }: Person) {
  if (!learner) {
    if (isFetching) return <BlankPerson />;
    return error ? <Failure error={error} again={again} /> : <Nobody email={email} />;
  }
  const failed = (list: string) => troubles(error, "learner", list);
  const lists = { email: learner.email, again };
  const missing = new Set(troubles(error, "learner").filter(isPassing).map(({ source }) => source));
  return (
    <article aria-busy={isFetching}>
      <h2 className="person">{learner.name ?? learner.email}</h2>
      <Outdated error={error} again={again} />
      <Troubles troubles={failed("places")} again={again} />
      <ul className="places">
        {learner.places.map((place) => (
          <Place key={place.source.id} place={place} isMissing={missing.has(place.source.name)} />
        ))}
      </ul>
      <Section title="Completions">
        <Completions {...lists} page={learner.completions} troubles={failed("completions")} />
      </Section>
      <Section title="Assignments">
        <Assignments {...lists} page={learner.assignments} troubles={failed("assignments")} />
      </Section>
    </article>
  );
}

function Nobody({ email }: { email: string }) {
  return (
    <div className="empty" role="status">
      <p>
        <strong>No source knows {email}.</strong>
      </p>
      <p>Some can’t be searched by e-mail; the others were.</p>
    </div>
  );
}

const Place_place = graphql(`
  fragment Place_place on LearnerAtSource {
    source {
      ...SourceBadge_source
    }
    completeness
    users {
      id
      name
    }
  }
`);

interface Place {
  place: FragmentType<typeof Place_place>;
  /** Whether the source failed, and so may know more. */
  isMissing: boolean;
}

function Place(props: Place) {
  const { source, completeness, users } = readFragment(Place_place, props.place);
  const names = [...new Set(users.map(({ name }) => name ?? "somebody unnamed"))];
  // How far it was searched says nothing while it may know more.
  const searched = props.isMissing ? "Not answering" : COMPLETENESS[completeness];
  return (
    <li data-completeness={completeness}>
      <SourceBadge source={source} />
      {names.length > 0 && <span>Known as {listed(names)}</span>}
      {!names.length && !props.isMissing && <span>Not known</span>}
      <span className="quiet">{searched}</span>
    </li>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function BlankPerson() {
  return (
    <article aria-busy="true" aria-label="Looking everywhere">
      <h2 className="person">
        <Blank width="10ch" />
      </h2>
      <ul className="places" aria-hidden="true">
        {[1, 2, 3, 4].map((at) => (
          <li key={at}>
            <Blank width="50%" />
            <Blank width="70%" />
            <Blank width="60%" />
          </li>
        ))}
      </ul>
      {["Completions", "Assignments"].map((title) => (
        <Section title={title} key={title}>
          <Blanks count={10} />
        </Section>
      ))}
    </article>
  );
}
