import { type FormEvent, useState } from "react";
import { useMutation, useQuery } from "urql";

import { graphql } from "./graph";
import type { UserErrorCode } from "./graph/graphql";
import { Progress } from "./import-progress";
import { Page } from "./page";
import { upload } from "./upload";

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
        code
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
        code
      }
    }
  }
`);

interface UserError {
  field: string[] | null;
  message: string;
  code: UserErrorCode;
}

/** Makes a course out of a package, and shows how far that is. */
export function ImportPage() {
  const importing = useImport();
  const { state } = importing;
  return (
    <Page title="Import a course" lead="A SCORM, AICC, cmi5 or xAPI package becomes a course.">
      {state.step === "following" ? (
        <Progress id={state.id} onDone={importing.restart} />
      ) : (
        <ImportForm {...importing} />
      )}
    </Page>
  );
}

type State =
  | { step: "filling"; errors: UserError[]; failure?: string }
  | { step: "asking" }
  | { step: "sending"; part: number }
  | { step: "following"; id: string };

/** The way of an import until it can be followed. */
function useImport() {
  const [state, setState] = useState<State>({ step: "filling", errors: [] });
  const [, importFrom] = useMutation(ImportFromAddress);
  const [, prepare] = useMutation(PrepareUpload);
  const fill = (errors: UserError[], failure?: string) =>
    setState({ step: "filling", errors, ...(failure !== undefined && { failure }) });

  async function fetchFrom(url: string, wish: Wish) {
    setState({ step: "asking" });
    const { data, error } = await importFrom({ input: { ...wish, fetch: { url } } });
    const made = data?.courseImport;
    if (made?.courseImport) setState({ step: "following", id: made.courseImport.id });
    else fill(made?.userErrors ?? [], error?.graphQLErrors[0]?.message ?? error?.message);
  }

  async function send(file: File, wish: Wish) {
    setState({ step: "asking" });
    const { data, error } = await prepare({ input: { ...wish, filename: file.name } });
    const made = data?.courseUpload;
    if (!made?.upload) {
      fill(made?.userErrors ?? [], error?.graphQLErrors[0]?.message ?? error?.message);
      return;
    }
    const sent = await upload(made.upload.url, file, (part) => setState({ step: "sending", part }));
    if ("id" in sent) setState({ step: "following", id: sent.id });
    else fill([], sent.refused);
  }

  return { state, fetchFrom, send, restart: () => fill([]) };
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

function ImportForm({ state, fetchFrom, send }: ReturnType<typeof useImport>) {
  const [{ data }] = useQuery({ query: ImportChoices });
  const [from, setFrom] = useState<keyof typeof WAYS>("address");
  const able = data?.sources?.filter(({ capabilities }) => capabilities.includes("COURSE_IMPORTS"));
  const errors = state.step === "filling" ? state.errors : [];
  const failure = state.step === "filling" ? state.failure : undefined;
  const busy = state.step !== "filling";

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
    <form className="sheet" onSubmit={submit}>
      <label>
        Source
        <select name="source" required>
          {able?.map(({ id, name }) => <option key={id}>{name}</option>)}
        </select>
        <Wrong errors={errors} field="source" />
      </label>
      <label>
        Key of the course
        <input name="key" required placeholder="such as kites-2" {...marked(errors, "key")} />
        <Wrong errors={errors} field="key" />
      </label>
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
        <label key="address">
          Address
          <input
            name="url"
            required
            defaultValue={new URL("/sample-package.zip", location.href).href}
            {...marked(errors, "url")}
          />
          <Wrong errors={errors} field="url" />
        </label>
      ) : (
        <label key="file">
          File
          <input name="file" type="file" accept=".zip" required />
        </label>
      )}
      <label className="option">
        <input type="checkbox" name="mayCreateNewVersion" />
        Make a new version where the course is there already
      </label>
      {failure !== undefined && (
        <p className="note failure" role="alert">
          {failure}
        </p>
      )}
      {errors.some(({ field }) => !field) && <Wrong errors={errors} field={null} />}
      <button type="submit" className="primary" disabled={busy}>
        {busy ? "Sending…" : "Import"}
      </button>
      {state.step === "sending" && (
        <progress value={state.part} aria-label="Sent of the file" />
      )}
    </form>
  );
}

function marked(errors: UserError[], field: string) {
  const wrong = errors.some((each) => each.field?.at(-1) === field);
  return wrong ? { "aria-invalid": true, "aria-describedby": `wrong-${field}` } : {};
}

/** What the graph says is wrong with a field of the input, told beside that field. */
function Wrong({ errors, field }: { errors: UserError[]; field: string | null }) {
  const own = errors.filter((each) => (each.field?.at(-1) ?? null) === field);
  if (!own.length) return null;
  return (
    <span className="wrong" id={`wrong-${field}`} role="alert">
      {own.map(({ message }) => message).join(" ")}
    </span>
  );
}
