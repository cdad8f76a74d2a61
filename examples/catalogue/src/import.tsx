import { type FormEvent, useEffect, useRef, useState } from "react";
import { type CombinedError, useMutation, useQuery } from "urql";
import { Link, useLocation } from "wouter";

import { Field } from "./field";
import { graphql } from "./graph";
import { Progress } from "./import-progress";
import { Page } from "./page";
import { Failure } from "./troubles";
import { upload } from "./upload";
import { size } from "./words";

const ImportChoices = graphql(`
  query ImportChoices {
    sources {
      id
      name
      capabilities
    }
  }
`);

const ImportFromAddress = graphql(`
  mutation ImportFromAddress($input: CourseImportInput!) {
    courseImport(input: $input) {
      courseImport {
        id
      }
      userErrors {
        field
        message
      }
    }
  }
`);

const PrepareUpload = graphql(`
  mutation PrepareUpload($input: CourseUploadInput!) {
    courseUpload(input: $input) {
      upload {
        url
        mostBytes
      }
      userErrors {
        field
        message
      }
    }
  }
`);

/** Makes a course out of a package; then the address leads to how far that is. */
export function ImportPage({ id }: { id: string | undefined }) {
  return (
    <Page title="Import a course" lead="A SCORM, AICC, cmi5 or xAPI package becomes a course.">
      {id ? <Progress id={id} /> : <NewImport />}
    </Page>
  );
}

/** The form, where there is a source that it is for. */
function NewImport() {
  const [{ data, error, fetching }, ask] = useQuery({ query: ImportChoices });
  const able = data?.sources?.filter(({ capabilities }) => capabilities.includes("COURSE_IMPORTS"));
  if (!able && error && !fetching) {
    return <Failure error={error} again={() => ask({ requestPolicy: "network-only" })} />;
  }
  if (able && !able.length) {
    return (
      <div className="empty">
        <p>
          <strong>No source takes packages.</strong>
        </p>
        <p>
          <Link href="/sources">See the sources</Link>
        </p>
      </div>
    );
  }
  return <ImportForm sources={able?.map(({ name }) => name) ?? null} />;
}

interface UserError {
  field: string[] | null;
  message: string;
}

type State =
  | { step: "filling"; errors: UserError[]; failure?: string | undefined }
  | { step: "asking" }
  | { step: "sending"; part: number };

/** The way of an import until it can be followed, at an address of its own. */
function useImport() {
  const [state, setState] = useState<State>({ step: "filling", errors: [] });
  const [, navigate] = useLocation();
  const [, importFrom] = useMutation(ImportFromAddress);
  const [, prepare] = useMutation(PrepareUpload);
  const fill = (errors: UserError[], failure?: string) =>
    setState({ step: "filling", errors, failure });
  const refuse = (errors: UserError[] | undefined, error: CombinedError | undefined) =>
    fill(errors ?? [], error && told(error));
  const follow = (id: string) => navigate(`/import/${id}`);

  async function fetchFrom(url: string, wish: Wish) {
    setState({ step: "asking" });
    const { data, error } = await importFrom({ input: { ...wish, fetch: { url } } });
    const made = data?.courseImport;
    if (made?.courseImport) follow(made.courseImport.id);
    else refuse(made?.userErrors, error);
  }

  async function send(file: File, wish: Wish) {
    setState({ step: "asking" });
    const { data, error } = await prepare({ input: { ...wish, filename: file.name } });
    const made = data?.courseUpload;
    if (!made?.upload) return refuse(made?.userErrors, error);
    const { url, mostBytes } = made.upload;
    if (mostBytes !== null && file.size > mostBytes) {
      const message = `The file has ${size(file.size)}; at most ${size(mostBytes)} are taken.`;
      return fill([{ field: ["file"], message }]);
    }
    const sent = await upload(url, file, (part) => setState({ step: "sending", part }));
    if ("id" in sent) follow(sent.id);
    else fill([], sent.refused);
  }

  return { state, fetchFrom, send };
}

function told(error: CombinedError): string {
  if (error.networkError) return "The server can’t be reached. Is this device online?";
  return error.graphQLErrors[0]?.message ?? error.message;
}

interface Wish {
  source: string;
  key: string;
  mayCreateNewVersion: boolean;
}

const WAYS = {
  address: "From an address on the web",
  file: "From a file on this device",
};

/** The form of an import; its sources are null as long as they aren't known. */
function ImportForm({ sources }: { sources: string[] | null }) {
  const { state, fetchFrom, send } = useImport();
  const [from, setFrom] = useState<keyof typeof WAYS>("address");
  const { errors, failure } = state.step === "filling" ? state : { errors: [], failure: undefined };
  const isBusy = state.step !== "filling";
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [errors]);

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const wish = {
      source: String(form.get("source")),
      key: String(form.get("key")).trim(),
      mayCreateNewVersion: form.has("mayCreateNewVersion"),
    };
    const file = form.get("file");
    if (file instanceof File) void send(file, wish);
    else void fetchFrom(String(form.get("url")).trim(), wish);
  }

  return (
    <form className="sheet" onSubmit={submit} ref={form}>
      <Field name="source" label="Source" errors={errors}>
        <select required>
          {sources?.map((name) => <option key={name}>{name}</option>) ?? <option>Reading…</option>}
        </select>
      </Field>
      <Field
        name="key"
        label="Course ID"
        hint="Yours to choose: the source will know the course by it."
        errors={errors}
      >
        <input required placeholder="kites-2" autoComplete="off" />
      </Field>
      <fieldset>
        <legend>Package</legend>
        {Object.entries(WAYS).map(([way, label]) => (
          <label className="option" key={way}>
            <input
              type="radio"
              name="from"
              checked={from === way}
              onChange={() => setFrom(way as keyof typeof WAYS)}
            />
            {label}
          </label>
        ))}
      </fieldset>
      {from === "address" ? (
        <Field
          key="address"
          name="url"
          label="Address"
          hint="A small sample is filled in."
          errors={errors}
        >
          <input required defaultValue={new URL("/sample-package.zip", location.href).href} />
        </Field>
      ) : (
        <Field key="file" name="file" label="File" hint="A .zip file." errors={errors}>
          <input type="file" accept=".zip" required />
        </Field>
      )}
      <label className="option">
        <input type="checkbox" name="mayCreateNewVersion" />
        If the course exists already, make a new version of it
      </label>
      <Troubled errors={errors} failure={failure} />
      <button type="submit" className="primary" disabled={isBusy || !sources}>
        {isBusy ? "Sending…" : "Import"}
      </button>
      {state.step === "sending" && (
        <progress value={state.part} aria-label="Sent of the file" />
      )}
    </form>
  );
}

const FIELDS = new Set(["source", "key", "url", "file"]);

/** What is wrong with no field that is shown. */
function Troubled({ errors, failure }: { errors: UserError[]; failure: string | undefined }) {
  const rest = errors.filter(({ field }) => !FIELDS.has(field?.at(-1) ?? ""));
  const messages = [...rest.map(({ message }) => message), ...(failure ? [failure] : [])];
  if (!messages.length) return null;
  return (
    <p className="note failure" role="alert">
      {messages.join(" ")}
    </p>
  );
}
