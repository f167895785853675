import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { fetchActivity, type ActivityEvent, type Integration } from "./api.ts";
import { toDate } from "./format.ts";
import { useLoaded } from "./load.ts";
import { eventWords } from "./messages.ts";
import { Failure, RetryButton, Time, Unseen } from "./parts.tsx";
import type { Standing } from "./standing.ts";

const SHOWN_AT_FIRST = 10;
/** An event is written a moment after what it tells of. */
const SLACK_MS = 2000;

const CHECK = "M4 8.5l2.8 2.8L12 5.5";
const ARROW_ROUND = "M12.2 6.2A4.6 4.6 0 1 0 12.6 9M12.6 3.4v3h-3";
const EVENT_ICONS: Readonly<Record<ActivityEvent["type"], string>> = {
  connected: CHECK,
  reconnected: CHECK,
  account_replaced: "M4 6h7.5M9 3.5 11.5 6M12 10H4.5M7 12.5 4.5 10",
  refreshed: ARROW_ROUND,
  replayed: ARROW_ROUND,
  refresh_failed: "M8 4v5M8 11.5v.5",
  reauth_required: "M8 4v5M8 11.5v.5",
  disconnected: "M4.5 8h7",
  revoked: "M5 5l6 6M11 5l-6 6",
  made_default: CHECK,
  taken_along: "M3 8h9M8.5 4.5 12 8l-3.5 3.5",
};

interface Props {
  readonly standing: Standing;
  /** Something has happened to the connection that the page does not show yet. */
  readonly onStale: () => void;
}

/** What has happened to a connection, newest first; nothing where nothing has. */
export function Activity({ standing, onStale }: Props): JSX.Element | null {
  const { address, name, status, connected_at, refreshed_at, failure } = standing;
  const version = [status, connected_at, refreshed_at, failure?.at].join();
  const [activity, reload] = useLoaded((signal) => fetchActivity(address, signal), version);
  const events = activity.phase === "ready" ? activity.value.events : [];
  useEffect(() => {
    if (events.some((event) => isNews(event, standing))) onStale();
  }, [activity]);
  // The button that tries again leaves with its message, so the focus moves on first.
  const retry = () => {
    document.getElementById("activity-title")?.focus();
    reload();
  };
  const isEmpty = activity.phase === "ready" && events.length === 0;
  if (isEmpty || (activity.phase === "loading" && connected_at === null)) return null;
  return (
    <ActivityFrame busy={activity.phase === "loading"}>
      {activity.phase === "loading" && <TimelineSkeleton />}
      {activity.phase === "failed" && (
        <Failure error={activity.error} service={name} action={<RetryButton onClick={retry} />} />
      )}
      {activity.phase === "ready" && <Timeline events={events} name={name} />}
    </ActivityFrame>
  );
}

/** Keeps the place while the activity is not asked for yet. */
export function ActivitySkeleton(): JSX.Element {
  return (
    <ActivityFrame busy>
      <TimelineSkeleton />
    </ActivityFrame>
  );
}

/** True for a renewal, or its failure, that is younger than what is known of the connection. */
function isNews({ at, type }: ActivityEvent, { connected_at, refreshed_at, failure }: Integration): boolean {
  if (connected_at === null || (type !== "refreshed" && type !== "refresh_failed")) return false;
  const known = [connected_at, refreshed_at, failure?.at ?? null].map((iso) => toDate(iso)?.getTime() ?? 0);
  return (toDate(at)?.getTime() ?? 0) > Math.max(...known) + SLACK_MS;
}

function ActivityFrame({ busy, children }: { busy?: boolean; children: ComponentChildren }): JSX.Element {
  return (
    <section class="activity" aria-labelledby="activity-title" aria-busy={busy ?? false}>
      <div class="items-head">
        <h2 id="activity-title" tabIndex={-1}>
          Activity
        </h2>
      </div>
      {children}
    </section>
  );
}

function Timeline({ events, name }: { events: readonly ActivityEvent[]; name: string }): JSX.Element {
  const [all, setAll] = useState(false);
  const shown = all ? events : events.slice(0, SHOWN_AT_FIRST);
  return (
    <div class="panel">
      <ol class="events" aria-labelledby="activity-title">
        {shown.map((event, index) => (
          // Counted from the oldest: two may share a moment, and new ones come in front.
          <li key={events.length - index} data-type={event.type}>
            <EventIcon type={event.type} />
            <p>{eventWords(event, name)}</p>
            <p class="quiet small">
              <Time iso={event.at} />
            </p>
          </li>
        ))}
      </ol>
      {events.length > SHOWN_AT_FIRST && (
        <p class="more">
          <button type="button" class="button" onClick={() => setAll(!all)}>
            {all ? "Show fewer" : `Show all ${events.length}`}
          </button>
        </p>
      )}
    </div>
  );
}

/** Repeats what the words say, for the eye that runs down the line. */
function EventIcon({ type }: Pick<ActivityEvent, "type">): JSX.Element {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d={EVENT_ICONS[type]} />
    </svg>
  );
}

function TimelineSkeleton(): JSX.Element {
  return (
    <div class="panel">
      <Unseen>Loading the activity</Unseen>
      <div class="events" aria-hidden="true">
        <span class="bone" data-width="middle" />
        <span class="bone" data-width="short" />
      </div>
    </div>
  );
}
