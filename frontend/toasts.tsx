/** Messages on how the last things the person did ended, over the corner of the page. */
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Integrations } from "./api.ts";

/** Long enough to read it twice. */
const SHOWN_MS = 10_000;
const SHOWN_AT_ONCE = 3;

export interface Notice {
  readonly tone: "good" | "bad" | "plain";
  readonly text: string;
  /** What to go on with. */
  readonly link?: { readonly href: string; readonly text: string };
  /** Whether what it says is still so, as the list stands now; left out: it does not speak of the list. */
  readonly holds?: (list: Integrations) => boolean;
}

interface Toast extends Notice {
  readonly id: number;
}

interface Toasts {
  readonly toasts: readonly Toast[];
  readonly tell: (notice: Notice) => void;
  readonly dismiss: (id: number) => void;
  /** Takes away what a new list has made untrue. */
  readonly hold: (list: Integrations) => void;
}

/** The messages that are shown, newest first. */
export function useToasts(): Toasts {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const last = useRef(0);
  return {
    toasts,
    tell: (notice) => {
      last.current += 1;
      const toast = { ...notice, id: last.current };
      setToasts((before) => [toast, ...before.filter(({ text }) => text !== notice.text)].slice(0, SHOWN_AT_ONCE));
    },
    dismiss: (id) => setToasts((before) => before.filter((toast) => toast.id !== id)),
    hold: (list) => setToasts((before) => before.filter(({ holds }) => holds === undefined || holds(list))),
  };
}

interface Props {
  readonly toasts: readonly Toast[];
  readonly onDismiss: (id: number) => void;
}

/** The newest is announced; each stays in reach of the keyboard until it leaves. */
export function ToastList({ toasts, onDismiss }: Props): JSX.Element {
  const newest = toasts[0];
  const region = useRef<HTMLElement>(null);
  useEffect(() => {
    const observer = new ResizeObserver(() => {
      const height = region.current?.offsetHeight ?? 0;
      document.documentElement.style.setProperty("--toasts", `${height}px`);
      // They may have come up over what the person stands on.
      if (height > 0) document.activeElement?.scrollIntoView({ block: "nearest" });
    });
    if (region.current) observer.observe(region.current);
    return () => observer.disconnect();
  }, []);
  return (
    <section class="toasts" aria-label="Messages" ref={region}>
      <p class="unseen" role="status">
        {newest !== undefined && <span key={newest.id}>{newest.text}</span>}
      </p>
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} newest={toast === newest} onDismiss={() => onDismiss(toast.id)} />
      ))}
    </section>
  );
}

/** Success leaves by itself, though not while somebody reads it or is away; what went wrong waits to be dismissed. */
function ToastCard({
  toast,
  newest,
  onDismiss,
}: {
  toast: Toast;
  newest: boolean;
  onDismiss: () => void;
}): JSX.Element {
  const [hovered, setHovered] = useState(false);
  const [focused, setFocused] = useState(false);
  const stays = useAway() || hovered || focused || toast.tone === "bad";
  useEffect(() => {
    if (stays) return;
    const timer = setTimeout(onDismiss, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [stays]);
  return (
    <div
      class="toast"
      id={newest ? "notice" : undefined}
      data-tone={toast.tone}
      tabIndex={-1}
      role="group"
      aria-label={toast.text}
      onMouseEnter={() => setHovered(true)}
      onMouseLeave={() => setHovered(false)}
      onFocusIn={() => setFocused(true)}
      onFocusOut={() => setFocused(false)}
      onKeyDown={(event) => event.key === "Escape" && onDismiss()}
    >
      <p>
        {toast.text}{" "}
        {toast.link && (
          <a href={toast.link.href} onClick={onDismiss}>
            {toast.link.text}
          </a>
        )}
      </p>
      <button type="button" aria-label="Dismiss message" onClick={onDismiss}>
        <span aria-hidden="true">×</span>
      </button>
    </div>
  );
}

/** True while the person looks at something else. */
function useAway(): boolean {
  const [away, setAway] = useState(!document.hasFocus());
  useEffect(() => {
    const look = () => setAway(document.hidden || !document.hasFocus());
    addEventListener("focus", look);
    addEventListener("blur", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      removeEventListener("focus", look);
      removeEventListener("blur", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, []);
  return away;
}
