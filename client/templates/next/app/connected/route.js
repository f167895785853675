import { userOf } from "../../acme.js";
import { finish } from "../../latchkey.js";

/** @param {Request} request */
export async function GET(request) {
  const user = userOf(request.headers.get("cookie"));
  const { searchParams } = new URL(request.url);
  const code = searchParams.get("connection_code");
  if (user !== undefined && code !== null) await finish(user, code);
  const failed = new URLSearchParams({ error: searchParams.get("error") ?? "failed" });
  const Location = user !== undefined && code !== null ? "/" : `/?${failed}`;
  return new Response(null, { status: 303, headers: { Location } });
}
