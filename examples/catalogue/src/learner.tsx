import { type FormEvent, type ReactNode } from "react";
import { useQuery } from "urql";
import { Link, useSearchParams } from "wouter";

import { type FragmentType, graphql, readFragment } from "./graph";
import { Assignments, Completions } from "./learner-lists";
import { Blank, Blanks, Page } from "./page";
import { SourceBadge } from "./source-badge";
import { Failure, Troubles, troubles } from "./troubles";
import { COMPLETENESS } from "./words";

const Learner = graphql(`
  query Learner($email: String!) {
    learner(email: $email) {
      email
      name
      places {
        source {
          id
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
  function look(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const wanted = String(new FormData(event.currentTarget).get("email")).trim();
    setParameters({ email: wanted });
  }
  return (
    <Page title="Learners" lead="One person, wherever they learn. Sources are matched by e-mail.">
      <search>
        <form className="filters" onSubmit={look} key={email}>
          <label className="wide">
            E-mail address
            <input
              type="email"
              name="email"
              required
              defaultValue={email}
              placeholder="ada.byron@academy.example"
              autoComplete="off"
            />
          </label>
          <button type="submit">Look up</button>
        </form>
      </search>
      {email ? <Person key={email} email={email} /> : <Invitation />}
    </Page>
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

function Person({ email }: { email: string }) {
  const [{ data, error, fetching }, ask] = useQuery({ query: Learner, variables: { email } });
  const again = () => ask({ requestPolicy: "network-only" });
  const learner = data?.learner;
  if (!learner) {
    if (fetching) return <BlankPerson />;
    if (error) return <Failure error={error} again={again} />;
    return (
      <div className="empty" role="status">
        <p>
          <strong>No source knows {email}.</strong>
        </p>
        <p>Some can’t be searched by e-mail; the others were.</p>
      </div>
    );
  }
  const failed = (list: string) => troubles(error, "learner", list);
  const lists = { email: learner.email, again };
  return (
    <article aria-busy={fetching}>
      <h2 className="person">{learner.name ?? learner.email}</h2>
      <Troubles troubles={failed("places")} again={again} />
      <ul className="places">
        {learner.places.map((place) => (
          <Place key={place.source.id} place={place} />
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

function Place(props: { place: FragmentType<typeof Place_place> }) {
  const { source, completeness, users } = readFragment(Place_place, props.place);
  const names = [...new Set(users.map(({ name }) => name ?? "somebody unnamed"))];
  return (
    <li data-completeness={completeness}>
      <SourceBadge source={source} />
      <span>{names.length ? `Known as ${names.join(", ")}` : "Not known"}</span>
      <span className="quiet">{COMPLETENESS[completeness]}</span>
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
