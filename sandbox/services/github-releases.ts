/** Releases and the files that hang on them: https://docs.github.com/en/rest/releases */
import { sha256 } from "@oslojs/crypto/sha2";
import { encodeHexLowerCase } from "@oslojs/encoding";
import * as z from "zod";
import { fromBase64, toBase64 } from "../bytes.ts";
import { githubUser, type Repository } from "../data/github.ts";
import { type Call, json, mapped } from "../http.ts";
import type { ApiContext, Route } from "../routes.ts";
import type { Shelf } from "../shelf.ts";
import { bodyOf, failure, githubErrors, invalid, paged, timeOf, UPLOADS } from "./github-http.ts";
import { WRITE } from "./github-repositories.ts";
import { nodeId, repositoryUrl, shownUser } from "./github-shapes.ts";
import { ofRepository } from "./github-state.ts";
import { sendToAsset } from "./github-tickets.ts";

const Release = z.object({
  id: z.number(),
  tag: z.string(),
  target: z.string(),
  name: z.string().nullable(),
  body: z.string().nullable(),
  draft: z.boolean(),
  prerelease: z.boolean(),
  author: z.string(),
  createdAt: z.string(),
});
type Release = z.infer<typeof Release>;

const Asset = z.object({
  id: z.number(),
  release: z.number(),
  name: z.string(),
  label: z.string().nullable(),
  type: z.string(),
  base64: z.string(),
  uploader: z.string(),
  createdAt: z.string(),
});
type Asset = z.infer<typeof Asset>;

const NewRelease = z.object({
  tag_name: z.string().min(1),
  target_commitish: z.string().optional(),
  name: z.string().nullable().default(null),
  body: z.string().nullable().default(null),
  draft: z.boolean().default(false),
  prerelease: z.boolean().default(false),
});

type Whose = Pick<ApiContext, "account" | "store">;

function releasesOf({ account, store }: Whose, { id }: Repository): Shelf<Release> {
  return store.shelf({
    account,
    kind: `release/${id}`,
    schema: Release,
    seeded: [],
    idOf: (release) => String(release.id),
  });
}

export function assetsOf({ account, store }: Whose, { id }: Repository): Shelf<Asset> {
  return store.shelf({ account, kind: `asset/${id}`, schema: Asset, seeded: [], idOf: (asset) => String(asset.id) });
}

export const releaseRoutes: readonly Route[] = [
  ofRepository("GET", "/releases", [], (context, repository) =>
    paged(context, releasesOf(context, repository).newestFirst(), (release) => shown(context, repository, release)),
  ),
  ofRepository("POST", "/releases", WRITE, create),
  // The newest that is neither a draft nor a prerelease.
  ofRepository("GET", "/releases/latest", [], (context, repository) => {
    const [latest] = releasesOf(context, repository)
      .newestFirst()
      .filter(({ draft, prerelease }) => !draft && !prerelease);
    return latest === undefined ? githubErrors.notFound(context.call) : json(shown(context, repository, latest));
  }),
  ofRepository("GET", "/releases/:release", [], (context, repository) => {
    const release = releasesOf(context, repository).find(context.params["release"] ?? "");
    return release === undefined ? githubErrors.notFound(context.call) : json(shown(context, repository, release));
  }),
  ofRepository("POST", "/releases/:release/assets", WRITE, upload, UPLOADS),
  ofRepository("GET", "/releases/assets/:asset", [], (context, repository) => {
    const asset = assetsOf(context, repository).find(context.params["asset"] ?? "");
    if (asset === undefined) return githubErrors.notFound(context.call);
    const wantsBytes = context.call.headers.get("accept") === "application/octet-stream";
    return wantsBytes ? sendToAsset(context, repository, asset.id) : json(shownAsset(context.call, repository, asset));
  }),
];

function create(context: ApiContext, repository: Repository): Response {
  const wanted = bodyOf(context.call, "Release", NewRelease);
  if (wanted instanceof Response) return wanted;
  const shelf = releasesOf(context, repository);
  const all = shelf.list();
  if (all.some(({ tag }) => tag === wanted.tag_name)) return invalid("Release", "already_exists", "tag_name");
  const { tag_name: tag, target_commitish: target = repository.defaultBranch, ...rest } = wanted;
  const author = githubUser(context.account).login;
  const release = {
    id: repository.id * 100 + all.length + 1,
    tag,
    target,
    ...rest,
    author,
    createdAt: timeOf(context.call),
  };
  shelf.put(release);
  const body = shown(context, repository, release);
  return json(body, 201, { location: body.url });
}

/** The raw bytes are the body; their name stands in the query. */
function upload(context: ApiContext, repository: Repository): Response {
  const { call } = context;
  const release = releasesOf(context, repository).find(context.params["release"] ?? "");
  if (release === undefined) return githubErrors.notFound(call);
  const name = call.query.get("name") ?? "";
  if (name === "") return invalid("ReleaseAsset", "missing_field", "name");
  if (call.bytes.length === 0) return failure(400, "Bad Content-Length: 0");
  const shelf = assetsOf(context, repository);
  const all = shelf.list();
  if (all.some((asset) => asset.release === release.id && asset.name === name)) {
    return invalid("ReleaseAsset", "already_exists", "name");
  }
  const asset = {
    id: repository.id * 100 + all.length + 1,
    release: release.id,
    name,
    label: call.query.get("label"),
    type: call.headers.get("content-type") ?? "application/octet-stream",
    base64: toBase64(call.bytes),
    uploader: githubUser(context.account).login,
    createdAt: timeOf(call),
  };
  shelf.put(asset);
  return json(shownAsset(call, repository, asset), 201);
}

function shown(context: ApiContext, repository: Repository, release: Release) {
  const { call } = context;
  const home = repositoryUrl(call, repository);
  const url = `${home}/releases/${release.id}`;
  const assets = assetsOf(context, repository)
    .list()
    .filter((asset) => asset.release === release.id);
  const uploads = mapped(call, UPLOADS, `/repos/${repository.owner}/${repository.name}/releases/${release.id}/assets`);
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${uploads}{?name,label}`,
    html_url: `https://github.com/${repository.owner}/${repository.name}/releases/tag/${encodeURIComponent(release.tag)}`,
    id: release.id,
    author: shownUser(call, release.author),
    node_id: nodeId("Release", release.id),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    draft: release.draft,
    immutable: false,
    prerelease: release.prerelease,
    created_at: release.createdAt,
    published_at: release.draft ? null : release.createdAt,
    assets: assets.map((asset) => shownAsset(call, repository, asset)),
    tarball_url: `${home}/tarball/${release.tag}`,
    zipball_url: `${home}/zipball/${release.tag}`,
    body: release.body,
  };
}

function shownAsset(call: Call, repository: Repository, asset: Asset) {
  const bytes = fromBase64(asset.base64);
  const page = `https://github.com/${repository.owner}/${repository.name}/releases/download`;
  return {
    url: `${repositoryUrl(call, repository)}/releases/assets/${asset.id}`,
    id: asset.id,
    node_id: nodeId("ReleaseAsset", asset.id),
    name: asset.name,
    label: asset.label,
    uploader: shownUser(call, asset.uploader),
    content_type: asset.type,
    state: "uploaded",
    size: bytes.length,
    digest: `sha256:${encodeHexLowerCase(sha256(bytes))}`,
    download_count: 0,
    created_at: asset.createdAt,
    updated_at: asset.createdAt,
    browser_download_url: `${page}/${asset.release}/${encodeURIComponent(asset.name)}`,
  };
}
