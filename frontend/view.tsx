import type { JSX } from "preact";
import type { Integration, Integrations } from "./api.ts";
import { BackLink, Connection } from "./connection.tsx";
import { Explorer } from "./explorer.tsx";
import { Keys } from "./keys.tsx";
import { VIEW_TITLE } from "./messages.ts";
import { Overview } from "./overview.tsx";
import { PageHead } from "./parts.tsx";
import type { Told } from "./questions.tsx";
import type { Route } from "./route.ts";

interface Props {
  readonly route: Route;
  readonly list: Integrations;
  readonly onDisconnect: (integration: Integration) => void;
  /** A connection is no longer as the page holds it. */
  readonly onStale: () => void;
  readonly onTold: (told: Told) => void;
}

/** What the address names. */
export function View({ route, list, onDisconnect, onStale, onTold }: Props): JSX.Element {
  const { integrations, signed_in: signedIn } = list;
  if (route.view === "overview") return <Overview integrations={integrations} onDisconnect={onDisconnect} />;
  if (route.view === "keys") return <Keys signedIn={signedIn} onTold={onTold} />;
  if (route.view === "explorer") {
    return <Explorer key={route.integration} integrations={integrations} wanted={route.integration} />;
  }
  const open = integrations.find(({ integration }) => integration === route.integration);
  if (open === undefined) return <UnknownService />;
  return (
    <Connection
      key={open.integration}
      integration={open}
      signedIn={signedIn}
      onDisconnect={onDisconnect}
      onStale={onStale}
    />
  );
}

/** Its heading, for the window's title too. */
export function viewTitle(route: Route, integrations: readonly Integration[]): string {
  const open = route.view === "connection" && integrations.find(({ integration }) => integration === route.integration);
  return open ? open.name : VIEW_TITLE[route.view];
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
