import { useEffect, useRef } from "react";
import { Link, Route, Switch, useLocation } from "wouter";

import { CataloguePage } from "./catalogue";
import { CoursePage } from "./course";
import { ImportPage } from "./import";
import { LearnerPage } from "./learner";
import { Page } from "./page";
import { SourcesPage } from "./sources";

const PLACES = [
  ["/", "Catalogue"],
  ["/learners", "Learners"],
  ["/import", "Import"],
  ["/sources", "Sources"],
] as const;

export function App() {
  useArrivals();
  return (
    <>
      <a className="skip" href="#main">
        Skip to the content
      </a>
      <header className="top">
        <Link href="/" className="brand">
          <img src="/icon.svg" alt="" width="28" height="28" /> coursegraph
        </Link>
        <nav aria-label="Pages">
          {PLACES.map(([path, name]) => (
            <Place key={path} path={path} name={name} />
          ))}
        </nav>
      </header>
      <Switch>
        <Route path="/" component={CataloguePage} />
        <Route path="/courses/:id">{({ id }) => <CoursePage key={id} id={id} />}</Route>
        <Route path="/learners" component={LearnerPage} />
        <Route path="/import/:id?">{({ id }) => <ImportPage key={id} id={id} />}</Route>
        <Route path="/sources" component={SourcesPage} />
        <Route>
          <Page title="No such page">
            <p>
              There is nothing at this address. <Link href="/">See all courses</Link>
            </p>
          </Page>
        </Route>
      </Switch>
    </>
  );
}

function Place({ path, name }: { path: string; name: string }) {
  const [location] = useLocation();
  const below = path === "/" ? "/courses/" : `${path}/`;
  const here = location === path || location.startsWith(below);
  return (
    <Link href={path} aria-current={here ? "page" : undefined}>
      {name}
    </Link>
  );
}

/** Whether the page before was left by the browser's own buttons. Told before React hears of it. */
let isReturn = false;
addEventListener("popstate", () => (isReturn = true), { capture: true });

/** Leads the keyboard and screen readers to a page's heading whenever another page opens.
 *
 * A new page begins at its top; who goes back is where they were, which the browser sees to. */
function useArrivals() {
  const [location] = useLocation();
  const before = useRef(location);
  useEffect(() => {
    if (before.current === location) return;
    before.current = location;
    if (!isReturn) scrollTo(0, 0);
    isReturn = false;
    document.querySelector("h1")?.focus({ preventScroll: true });
  }, [location]);
}
