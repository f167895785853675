import { headers } from "next/headers";
import { eventsOf, userOf } from "../acme.js";
import { repositories } from "../latchkey.js";

/** @param {{ searchParams: Promise<{ error?: string }> }} props */
export default async function Home({ searchParams }) {
  const user = userOf((await headers()).get("cookie"));
  const { error } = await searchParams;
  if (user === undefined) {
    return (
      <form method="post" action="/login">
        <label>
          Name <input name="name" required maxLength={28} />
        </label>
        <button>Sign in</button>
      </form>
    );
  }
  const names = await repositories(user);
  return (
    <>
      <p>Signed in as {user}.</p>
      {error === undefined ? null : <p role="alert">Not connected: {error}.</p>}
      <form method="post" action="/connect">
        <button>Connect GitHub</button>
      </form>
      {names === null ? <p>Nothing is connected yet.</p> : <h2>Repositories</h2>}
      <ul>
        {names?.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
      <h2>Webhook</h2>
      <ul>
        {eventsOf(user).map((type, index) => (
          <li key={index}>{type}</li>
        ))}
      </ul>
    </>
  );
}
