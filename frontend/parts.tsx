/** Small pieces that several views share. */
import type { ComponentChildren, JSX } from "preact";
import type { ConnectionStatus, Integration, LatchkeyError } from "./api.ts";
import { fullTime, isWithinDays, pastTime, toDate, toWebUrl } from "./format.ts";
import { useConnectLink } from "./connecting.ts";
import { canRetry, errorWords, PARTIAL_LABEL, STATUS_LABEL } from "./messages.ts";
import type { Service } from "./services.ts";
import { titleOf, type Standing } from "./standing.ts";

/** The id of the link that connects a service, or a connection again; at most one is on the page. */
export const connectId = (address: string): string => `connect-${address}`;

/** Two weeks leave time to find whoever owns the account. */
const RECONNECT_NEAR_DAYS = 14;

/** A view's heading, which takes the focus when the view opens, and a line on what it is for. */
export function PageHead({ title, children }: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="page-head">
      <h1 id="title" tabIndex={-1}>
        {title}
      </h1>
      {children !== undefined && <p class="lede">{children}</p>}
    </div>
  );
}

/** Text for screen readers only; it completes labels that the eye completes from their place. */
export function Unseen({ children }: { children: ComponentChildren }): JSX.Element {
  return <span class="unseen">{children}</span>;
}

/** The status in a word, with a colour that repeats it; one that works in part has a word of its own. */
export function StatusChip({ status, partial = false }: { status: ConnectionStatus; partial?: boolean }): JSX.Element {
  return (
    <span class="chip" data-status={partial ? "partial" : status}>
      {partial ? PARTIAL_LABEL : STATUS_LABEL[status]}
    </span>
  );
}

/** The link that starts connecting at the service: in a window where that works, else on this page. */
export function ConnectLink({ service }: { service: ServiceLinkProps["service"] }): JSX.Element {
  return (
    <ServiceLink
      service={service}
      connection={null}
      says={`Connecting ${service.name}`}
      kind="accent"
      id={connectId(service.integration)}
    >
      Connect<Unseen> {service.name}</Unseen>
    </ServiceLink>
  );
}

/** The link that connects one more account of the service; `brief`: as a sign, where there is little room. */
export function ConnectAnother({ service, brief }: { service: ServiceLinkProps["service"]; brief?: boolean }) {
  return (
    <ServiceLink
      service={service}
      connection="new"
      says={`Connecting another ${service.name} account`}
      kind="quiet"
      id={undefined}
    >
      {brief ? (
        <>
          <span aria-hidden="true">+</span>
          <Unseen>Connect another</Unseen>
        </>
      ) : (
        "Connect another"
      )}
      <Unseen> {service.name} account</Unseen>
    </ServiceLink>
  );
}

/** The link that connects the same account again. */
export function Reconnect({ standing }: { standing: Standing }): JSX.Element {
  return (
    <ServiceLink
      service={standing}
      connection={idOf(standing)}
      says={again(standing)}
      kind="primary"
      id={connectId(standing.address)}
    >
      Reconnect<Unseen> {titleOf(standing)}</Unseen>
    </ServiceLink>
  );
}

/** The link that asks again for what was not allowed. `main`: it stands where the link that connects would. */
export function AllowRest({ standing, main }: { standing: Standing; main?: boolean }): JSX.Element {
  const id = main ? connectId(standing.address) : undefined;
  return (
    <ServiceLink service={standing} connection={idOf(standing)} says={again(standing)} kind="primary" id={id}>
      Allow the rest<Unseen> at {titleOf(standing)}</Unseen>
    </ServiceLink>
  );
}

/** The link that asks for more besides what was allowed. `main`: it stands where the link that connects would. */
export function Give({ standing, scopes, main }: { standing: Standing; scopes: readonly string[]; main?: boolean }) {
  const id = main ? connectId(standing.address) : undefined;
  const connection = idOf(standing);
  return (
    <ServiceLink
      service={standing}
      connection={connection}
      added={scopes}
      says={again(standing)}
      kind="primary"
      id={id}
    >
      Give it<Unseen> to {titleOf(standing)}</Unseen>
    </ServiceLink>
  );
}

const idOf = ({ connection }: Standing): string | null => connection?.id ?? null;

const again = ({ name, account, connection }: Standing): string =>
  `Connecting ${name} again, as ${account?.name ?? connection?.label ?? "before"}`;

interface ServiceLinkProps {
  readonly service: Pick<Service, "integration" | "name">;
  readonly connection: string | null;
  /** What is asked for besides what the connection has. */
  readonly added?: readonly string[];
  readonly says: string;
  readonly kind: "primary" | "accent" | "quiet";
  readonly id: string | undefined;
  readonly children: ComponentChildren;
}

/** A link to a service's consent page; what it says gives way while the window there is open. */
function ServiceLink({
  service: { integration, name },
  connection,
  added,
  says,
  kind,
  id,
  children,
}: ServiceLinkProps) {
  const { href, waiting, onClick } = useConnectLink({ integration, connection, added, says });
  return (
    <a class="button connect" data-kind={kind} data-waiting={waiting} id={id} href={href} onClick={onClick}>
      {waiting ? (
        <>
          Waiting…<Unseen> for {name}. Press to go to its window.</Unseen>
        </>
      ) : (
        children
      )}
    </a>
  );
}

/** A service that is not set up, and the variables that it lacks. */
type Unset = Readonly<Pick<Integration, "missing" | "docs" | "name">>;

/** What an operator still has to set before anyone can connect. */
export function MissingSettings({ integration }: { integration: Unset }): JSX.Element {
  const { missing, docs, name } = integration;
  const guide = toWebUrl(docs);
  return (
    <p class="missing">
      {missing.length === 0 ? "Whoever runs this site has not set it up yet." : "Set "}
      {missing.map((variable, index) => (
        <>
          {index > 0 && (index === missing.length - 1 ? " and " : ", ")}
          <code>{variable}</code>
        </>
      ))}
      {guide !== null && (
        <>
          {" "}
          <a href={guide} target="_blank" rel="noopener noreferrer">
            Where to get them<Unseen> for {name} (opens in a new tab)</Unseen>
          </a>
        </>
      )}
    </p>
  );
}

/** A time as people say it, in the past unless told otherwise, exact on hover and for machines; an empty value leaves a dash. */
export function Time({ iso, say = pastTime }: { iso: string | null; say?: (time: Date) => string }): JSX.Element {
  const time = toDate(iso);
  if (time === null) return <NoValue />;
  return (
    <time dateTime={time.toISOString()} title={fullTime(time)}>
      {say(time)}
    </time>
  );
}

/** When something was last used, behind `before`; `never` where it was not. */
export function LastUse({
  iso,
  before = "",
  never = "Never",
}: {
  iso: string | null;
  before?: string;
  never?: string;
}): JSX.Element {
  if (iso === null) return <>{never}</>;
  return (
    <>
      {before}
      <Time iso={iso} />
    </>
  );
}

/** True where reconnecting should be thought of soon. */
export function isReconnectNear({ status, reconnect_by }: Pick<Integration, "status" | "reconnect_by">): boolean {
  return status === "connected" && isWithinDays(reconnect_by, RECONNECT_NEAR_DAYS);
}

/** A dash for the eye, words for a screen reader. */
export function NoValue(): JSX.Element {
  return (
    <>
      <span aria-hidden="true">–</span>
      <Unseen>none</Unseen>
    </>
  );
}

/** A link out to a service; plain text where the data holds no web address. */
export function ExternalLink({ url, children }: { url: string | null; children: ComponentChildren }): JSX.Element {
  const href = toWebUrl(url);
  if (href === null) return <>{children}</>;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer">
      {children}
      <Unseen> (opens in a new tab)</Unseen>
    </a>
  );
}

/** What stands where there is nothing to show: why that is, and the way on. */
export function Empty(props: {
  title: ComponentChildren;
  role?: "alert" | undefined;
  children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="panel empty" role={props.role}>
      <p>
        <strong>{props.title}</strong>
      </p>
      {props.children}
    </div>
  );
}

interface FailureProps {
  readonly error: LatchkeyError;
  /** The service that it is about, where it is about one. */
  readonly service?: string;
  /** The way on, where asking again can help. */
  readonly action: ComponentChildren;
}

/** What went wrong, and the way on. */
export function Failure({ error, service, action }: FailureProps): JSX.Element {
  return (
    <div class="panel failure" role="alert">
      <p>{service === undefined ? error.message : errorWords(error, service)}</p>
      {canRetry(error) && action}
    </div>
  );
}

/** The way on where asking again can help. */
export function RetryButton({ onClick }: { onClick: () => void }): JSX.Element {
  return (
    <button type="button" class="button" onClick={onClick}>
      Try again
    </button>
  );
}
