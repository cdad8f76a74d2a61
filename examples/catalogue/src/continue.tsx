import { type ReactNode, createContext, useContext, useEffect, useRef, useState } from "react";

interface Next {
  label: string;
  /** What tells this page from all others: the cursor that it is read from. */
  cursor: string;
  disabled?: boolean;
  children: ReactNode;
}

/** A button that becomes what it leads to, such as the next page of a list. */
export function Continue({ label, cursor, disabled = false, children }: Next) {
  const [pressed, setPressed] = useState(false);
  const [openBefore] = useState(() => opened().includes(cursor));
  if (pressed || openBefore) return <Pressed value={pressed}>{children}</Pressed>;
  const proceed = () => {
    history.replaceState({ ...history.state, opened: [...opened(), cursor] }, "");
    setPressed(true);
  };
  return (
    <p className="continue">
      <button type="button" disabled={disabled} onClick={proceed}>
        {label}
      </button>
    </p>
  );
}

/** What is open stands in the history's entry: who comes back finds the list as it was left. */
function opened(): string[] {
  return (history.state as { opened?: string[] } | null)?.opened ?? [];
}

/** Whether somebody pressed a button, just now, for what is inside. */
export const Pressed = createContext(false);

/** Leads the keyboard to the first row of a page that somebody asked for, once it is there. */
export function useFirstRow<List extends HTMLElement>(ready: boolean) {
  const list = useRef<List>(null);
  const pressed = useContext(Pressed);
  useEffect(() => {
    const first = list.current?.firstElementChild;
    if (!pressed || !ready || !(first instanceof HTMLElement)) return;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  }, [pressed, ready]);
  return list;
}
