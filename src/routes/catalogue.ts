/** Which services there are: the same for everybody, and no secret. */
import type { Context } from "hono";
import * as z from "zod/mini";
import { Catalogue, CatalogueDetail, CatalogueQuery } from "../api-catalogue.ts";
import type { AppEnv } from "../context.ts";
import { AppError, invalidField } from "../errors.ts";
import { describedService, listServices, listingOf } from "../catalogue/listings.ts";
import { searchCatalogue } from "../catalogue/search.ts";
import { Routes } from "./operation.ts";

const HOUR = 3600;

const keep = (c: Context<AppEnv>): void => c.header("Cache-Control", `public, max-age=${HOUR}`);

export const catalogueRoutes = new Routes()
  .on(
    {
      method: "get",
      path: "/catalogue",
      tag: "Catalogue",
      access: "anyone",
      query: CatalogueQuery,
      answer: { status: 200, schema: Catalogue },
    },
    async (c, { query: { limit, cursor, ...wanted } }) => {
      const found = searchCatalogue(await listServices(c.env.ASSETS), wanted);
      const from = cursor === undefined ? 0 : found.findIndex(({ id }) => id === cursor) + 1;
      if (cursor !== undefined && from === 0) throw invalidField("cursor", "is of another list. Begin without one.");
      const services = found.slice(from, from + limit);
      const next_cursor = from + limit < found.length ? (services.at(-1)?.id ?? null) : null;
      keep(c);
      return c.json({ services, next_cursor } satisfies Catalogue);
    },
  )
  .on(
    {
      method: "get",
      path: "/catalogue/{service}",
      tag: "Catalogue",
      access: "anyone",
      params: z.object({ service: z.string().check(z.maxLength(64)) }),
      answer: { status: 200, schema: CatalogueDetail },
      errors: ["not_found"],
    },
    async (c, { params }) => {
      const entry = await listingOf(c.env.ASSETS, params.service);
      if (!entry) {
        throw new AppError("not_found", "The catalogue has no service of that id. GET /catalogue?search= finds one.");
      }
      keep(c);
      return c.json({ ...entry, service: await describedService(c.env.ASSETS, entry) } satisfies CatalogueDetail);
    },
  );
