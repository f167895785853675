/** What a person does at the independent server's own pages, over the real network. */
import { expect } from "vitest";

/** Signs in and consents. @returns the callback it sends the browser to */
export async function signInAt(authorizationUrl: string, login: string): Promise<string> {
  const cookies = new Map<string, string>();
  let url = new URL(authorizationUrl);
  let form: URLSearchParams | null = null;
  for (let step = 0; step < 12; step += 1) {
    const response: Response = await fetch(url, {
      method: form ? "POST" : "GET",
      redirect: "manual",
      headers: { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      ...(form ? { body: form } : {}),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (cookie.split(";")[0] ?? "").split("=");
      cookies.set(name, value);
    }
    const location = response.headers.get("Location");
    const page = await response.text();
    if (location !== null) {
      url = new URL(location, url);
      form = null;
      if (url.pathname.startsWith("/callback/")) return url.href;
      continue;
    }
    expect(response.status, page).toBe(200);
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1] ?? "";
    url = new URL(/action="([^"]+)"/.exec(page)?.[1] ?? "", url);
    form = new URLSearchParams({ prompt, login, password: "any" });
  }
  throw new Error("The server never came back to the callback.");
}
