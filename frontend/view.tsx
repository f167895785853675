import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Integration, Integrations } from "./api.ts";
import { ApprovalsView } from "./approvals/approvals.tsx";
import type { Approvals } from "./approvals/use-approvals.ts";
import { BackLink, Connection } from "./connection.tsx";
import { Explorer } from "./explorer.tsx";
import { Keys } from "./keys.tsx";
import { VIEW_TITLE } from "./messages.ts";
import { Overview } from "./overview.tsx";
import { Passkeys } from "./passkeys.tsx";
import { PageHead } from "./parts.tsx";
import type { Told } from "./questions.tsx";
import { hashFor, moveTo, type Route } from "./route.ts";
import { standingsOf, titleOf, type Standing } from "./standing.ts";

interface Props {
  readonly route: Route;
  readonly list: Integrations;
  readonly approvals: Approvals;
  /** Whether something was connected since the page is open. */
  readonly hasConnected: boolean;
  readonly onDisconnect: (standing: Standing) => void;
  /** A connection is no longer as the page holds it. */
  readonly onStale: () => void;
  readonly onTold: (told: Told) => void;
  /** A passkey has signed the person in, or everything was taken back: the page is another one. */
  readonly onSignedIn: (told: Told) => void;
}

/** What the address names. */
export function View({ route, list, approvals, hasConnected, ...handlers }: Props): JSX.Element {
  const { onDisconnect, onStale, onTold, onSignedIn } = handlers;
  const { integrations, signed_in: signedIn } = list;
  if (route.view === "overview") {
    return <Overview integrations={integrations} offersPasskey={hasConnected} onDisconnect={onDisconnect} />;
  }
  if (route.view === "approvals") {
    const shared = { id: route.id, integrations, signedIn, approvals, onTold, onSignedIn };
    return <ApprovalsView {...shared} />;
  }
  if (route.view === "keys") {
    const shared = { integrations, signedIn, onTold, onStale, onTaken: onSignedIn };
    return <Keys {...shared} />;
  }
  if (route.view === "passkeys") return <Passkeys list={list} onTold={onTold} onSignedIn={onSignedIn} />;
  if (route.view === "explorer") {
    return <Explorer key={route.integration} integrations={integrations} wanted={route.integration} />;
  }
  return (
    <OneConnection
      address={route.integration}
      integrations={integrations}
      signedIn={signedIn}
      onDisconnect={onDisconnect}
      onStale={onStale}
    />
  );
}

interface OneProps extends Pick<Props, "onDisconnect" | "onStale"> {
  readonly address: string;
  readonly integrations: readonly Integration[];
  readonly signedIn: boolean;
}

/** The connection that an address names; one that is called something else meanwhile stays, and the address follows it. */
function OneConnection({ address, integrations, signedIn, ...handlers }: OneProps): JSX.Element {
  const all = integrations.flatMap(standingsOf);
  const shown = useRef<string | null>(null);
  const open = findOpen(all, address) ?? all.find(({ connection }) => connection?.id === shown.current);
  shown.current = open?.connection?.id ?? null;
  useEffect(() => {
    if (open !== undefined && open.address !== address) moveTo(hashFor(open.address));
  }, [open?.address, address]);
  if (open === undefined) return <UnknownService />;
  return (
    <Connection
      key={open.connection?.id ?? open.integration}
      standing={open}
      standings={all.filter(({ integration }) => integration === open.integration)}
      signedIn={signedIn}
      {...handlers}
    />
  );
}

/** By its address, or by its label where it is the default. */
function findOpen(all: readonly Standing[], wanted: string): Standing | undefined {
  const named = ({ integration, connection }: Standing) => `${integration}@${connection?.label}` === wanted;
  return all.find(({ address }) => address === wanted) ?? all.find(named);
}

/** Its heading, for the window's title too. */
export function viewTitle(route: Route, integrations: readonly Integration[]): string {
  const open = route.view === "connection" && findOpen(integrations.flatMap(standingsOf), route.integration);
  return open ? titleOf(open) : VIEW_TITLE[route.view];
}

function UnknownService(): JSX.Element {
  return (
    <>
      <BackLink />
      <PageHead title="No such service">
        This site offers nothing under that address. Go back to see what it does offer.
      </PageHead>
    </>
  );
}
