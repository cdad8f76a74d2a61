import { type ReactElement, cloneElement } from "react";

interface Field {
  /** Name of the input's field, by which errors are told of it. */
  name: string;
  label: string;
  hint?: string;
  errors: { field: string[] | null; message: string }[];
  /** The input or select itself. */
  children: ReactElement<Record<string, unknown>>;
}

/** A field of a form: its label, a hint, and what the graph says is wrong with it. */
export function Field({ name, label, hint, errors, children }: Field) {
  const own = errors.filter(({ field }) => field?.at(-1) === name);
  const input = cloneElement(children, {
    id: name,
    name,
    "aria-invalid": own.length > 0,
    "aria-describedby": hint ? `hint-${name} wrong-${name}` : `wrong-${name}`,
  });
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      {input}
      {hint && (
        <p className="hint" id={`hint-${name}`}>
          {hint}
        </p>
      )}
      <p className="wrong" id={`wrong-${name}`} role="alert">
        {own.map(({ message }) => message).join(" ")}
      </p>
    </div>
  );
}
