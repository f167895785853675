/** Addresses that hand out bytes without a token, for five minutes: what GitHub's API redirects to. */
import { tarball, zip } from "../archive.ts";
import { fromBase64 } from "../bytes.ts";
import type { Repository } from "../data/github.ts";
import { type ApiContext, open, type OpenContext, type Route } from "../routes.ts";
import { failure } from "./github-http.ts";
import { assetsOf } from "./github-releases.ts";
import { branchAt, filesOf, ofRepository } from "./github-state.ts";
import { ASSETS, sendTo, ticketOf } from "./github-tickets.ts";

const CODELOAD = "codeload.github.com";

/** https://docs.github.com/en/rest/repos/contents#download-a-repository-archive-zip: a 302, whose address ends in five minutes. */
export const archiveRoutes: readonly Route[] = [
  ...["zipball", "tarball"].flatMap((kind) => [
    ofRepository("GET", `/${kind}`, [], (context, repository) => toArchive(context, repository, kind, null)),
    ofRepository("GET", `/${kind}/*ref`, [], (context, repository) =>
      toArchive(context, repository, kind, context.params["ref"] ?? null),
    ),
  ]),
  open("GET", CODELOAD, "/:owner/:repo/:kind/*ref", archive),
  open("GET", ASSETS, "/github-production-release-asset/:repository/:asset", asset),
];

function toArchive(context: ApiContext, repository: Repository, kind: string, ref: string | null): Response {
  const branch = branchAt(context, repository, ref);
  if (branch === undefined) return failure(404, "Not Found");
  const legacy = kind === "zipball" ? "legacy.zip" : "legacy.tar.gz";
  const path = `/${repository.owner}/${repository.name}/${legacy}/refs/heads/${branch.name}`;
  return sendTo(context, repository, CODELOAD, path, branch.name);
}

const gone = (): Response => new Response("404: Not Found", { status: 404 });

async function archive(context: OpenContext): Promise<Response> {
  const ticket = ticketOf(context);
  if (ticket === undefined) return gone();
  const { account, repository, what } = ticket;
  const top = `${repository.owner}-${repository.name}-${what}`;
  const entries = filesOf({ account, store: context.store }, repository)
    .list()
    .filter(({ branch }) => branch === what)
    .map(({ path, base64 }) => ({ path: `${top}/${path}`, bytes: fromBase64(base64) }));
  const isZip = context.params["kind"] === "legacy.zip";
  return attachment(isZip ? zip(entries) : await tarball(entries), {
    name: `${top}.${isZip ? "zip" : "tar.gz"}`,
    type: isZip ? "application/zip" : "application/x-gzip",
  });
}

function asset(context: OpenContext): Response {
  const ticket = ticketOf(context);
  const found =
    ticket && assetsOf({ account: ticket.account, store: context.store }, ticket.repository).find(ticket.what);
  if (found === undefined) return gone();
  return attachment(fromBase64(found.base64), { name: found.name, type: found.type });
}

function attachment(bytes: Uint8Array<ArrayBuffer>, { name, type }: { name: string; type: string }): Response {
  const disposition = `attachment; filename=${name.replaceAll(/[^\w.-]/g, "-")}`;
  return new Response(bytes, { headers: { "content-type": type, "content-disposition": disposition } });
}
