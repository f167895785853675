import { signIn } from "../../acme.js";

/** @param {Request} request */
export async function POST(request) {
  const name = (await request.formData()).get("name");
  const headers = new Headers({ Location: "/" });
  if (typeof name === "string" && name !== "") headers.set("Set-Cookie", signIn(name));
  return new Response(null, { status: 303, headers });
}
