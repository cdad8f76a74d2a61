import { type ReactNode, useEffect, useRef, useState } from "react";

interface Next {
  label: string;
  disabled?: boolean;
  children: ReactNode;
}

/** A button that becomes what it leads to, such as the next page of a list. */
export function Continue({ label, disabled = false, children }: Next) {
  const [open, setOpen] = useState(false);
  if (open) return children;
  return (
    <p className="continue">
      <button type="button" disabled={disabled} onClick={() => setOpen(true)}>
        {label}
      </button>
    </p>
  );
}

/** Leads the keyboard to the first row of a page that somebody asked for, once it is there. */
export function useFirstRow<List extends HTMLElement>(wanted: boolean, ready: boolean) {
  const list = useRef<List>(null);
  useEffect(() => {
    const first = list.current?.firstElementChild;
    if (!wanted || !ready || !(first instanceof HTMLElement)) return;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  }, [wanted, ready]);
  return list;
}
