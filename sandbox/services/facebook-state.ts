/** What pages hold: what they have from the start, with everything that was written since. */
import * as z from "zod";
import { facebookPosts, postSchema } from "../data/facebook.ts";
import type { ApiContext } from "../routes.ts";
import type { Shelf } from "../shelf.ts";

type Place = Pick<ApiContext, "store" | "account">;

const commentSchema = z.object({
  id: z.string(),
  of: z.string(),
  message: z.string(),
  from: z.string(),
  created: z.number(),
});
const photoSchema = z.object({ id: z.string(), page: z.string(), caption: z.string(), created: z.number() });

export type Post = z.infer<typeof postSchema>;
export type Comment = z.infer<typeof commentSchema>;
export type Photo = z.infer<typeof photoSchema>;

const byId = ({ id }: { readonly id: string }) => id;

export function postsOf({ store, account }: Place, page: string): Shelf<Post> {
  const seeded = facebookPosts(account, page);
  return store.shelf({ account, kind: `post:${page}`, schema: postSchema, seeded, idOf: byId });
}

export function commentsOf({ store, account }: Place): Shelf<Comment> {
  return store.shelf({ account, kind: "comment", schema: commentSchema, seeded: [], idOf: byId });
}

export function photosOf({ store, account }: Place): Shelf<Photo> {
  return store.shelf({ account, kind: "photo", schema: photoSchema, seeded: [], idOf: byId });
}
