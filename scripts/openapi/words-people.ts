/** Who calls: keys, sessions, and passkeys of people at the page. */
import { CONNECTION, USER, grant, passkey, passkeyRequest, sessionKey, usedPasskey } from "./samples.ts";
import type { Words } from "./words.ts";

export const PEOPLE_WORDS: Readonly<Record<string, Words>> = {
  "post /sessions": {
    summary: "Make a key or a session",
    description:
      "Make a bearer key for one user, shown in this answer and never again. With `name` for the page's user; with `user` by an app's key, for that user alone and within `scopes`. With `connection` it is for that one alone, so that a program which has nothing but a key calls with the right account.",
    request: { user: USER, expires_in: 3600, scopes: ["proxy"], connection: CONNECTION, grant },
    answer: {
      key: "lk_examplekey",
      user: USER,
      scopes: ["proxy"],
      expires_at: "2026-11-27T11:02:00.000Z",
      connection: CONNECTION,
      grant,
    },
  },
  "get /sessions": {
    summary: "List keys",
    description:
      "List the keys of the page's user, with when and from where each was last used. Never the keys themselves: each is shown once, when it is made.",
    answer: { sessions: [sessionKey] },
  },
  "get /users/{user}/sessions": {
    summary: "List a user's sessions",
    description:
      "List the live sessions that the app has made for a user. With their scopes, their end and their last use; never with a key.",
    answer: {
      sessions: [
        {
          id: "h2Kp7vRt4XmB",
          scopes: ["proxy"],
          created_at: "2026-11-27T10:02:00.000Z",
          expires_at: "2026-11-27T11:02:00.000Z",
          last_used_at: null,
          connection: CONNECTION,
          grant,
        },
      ],
    },
  },
  "delete /users/{user}/sessions": {
    summary: "End a user's sessions",
    description:
      "End all sessions that the app has made for a user. At once where it is asked; elsewhere within five minutes.",
  },
  "delete /users/{user}/sessions/{id}": {
    summary: "End one session of a user",
    description:
      "End one session that the app has made for a user. At once where it is asked; elsewhere within five minutes.",
  },
  "delete /sessions/current": {
    summary: "Sign out",
    description:
      "Sign out; what no other browser and no passkey reaches is disconnected. Tokens that nobody can reach any more are of use to nobody but a thief.",
  },
  "delete /sessions/{id}": {
    summary: "End a key",
    description:
      "End one of the keys. A key of the page's user. It is refused from then on, elsewhere within five minutes.",
  },
  "get /passkeys": {
    summary: "List passkeys",
    description:
      "List the passkeys of the page's user, with their last use. `cloned_at` says when one was refused because a copy of it seems to be in use.",
    answer: { passkeys: [passkey] },
  },
  "post /passkeys/options": {
    summary: "Begin adding a passkey",
    description:
      "Ask what the browser is to make, and by which passkey that is to be confirmed. What `PublicKeyCredential.parseCreationOptionsFromJSON` takes, and where there is a passkey already, what confirms the new one.",
    answer: {
      create: {
        challenge: passkeyRequest.challenge,
        rp: { id: passkeyRequest.rpId, name: "Latchkey" },
        user: { id: "OHNUMnZYcTRMbU42cFIweVcz", name: "Latchkey", displayName: "Latchkey" },
        pubKeyCredParams: [{ type: "public-key", alg: -7 }],
        timeout: 300_000,
        excludeCredentials: [],
        authenticatorSelection: {
          residentKey: "required",
          requireResidentKey: true,
          userVerification: "required",
        },
        attestation: "none",
      },
      confirm: null,
    },
  },
  "post /passkeys": {
    summary: "Add a passkey",
    description:
      "Add a passkey, confirmed by one that is there already. `credential` is `toJSON()` of what `navigator.credentials.create` gives.",
    request: {
      name: "Phone",
      credential: {
        id: usedPasskey.id,
        type: "public-key",
        response: {
          clientDataJSON: usedPasskey.response.clientDataJSON,
          authenticatorData: usedPasskey.response.authenticatorData,
          publicKey: "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
          publicKeyAlgorithm: -7,
          transports: ["internal"],
        },
      },
    },
    answer: { ...passkey, last_used_at: null },
  },
  "delete /passkeys/{id}": {
    summary: "Remove a passkey",
    description:
      "Remove a passkey; the last one with last=true alone. Without one, the connections of this browser are reached from this browser alone.",
  },
  "post /passkeys/sign-in/options": {
    summary: "Begin a sign-in",
    description:
      "Ask what a passkey is to sign for signing in; nothing is stored. What `PublicKeyCredential.parseRequestOptionsFromJSON` takes. It is of use for five minutes, once.",
    answer: passkeyRequest,
  },
  "post /passkeys/sign-in": {
    summary: "Sign in with a passkey",
    description:
      "Sign in with a passkey: the session of its user, in the page's cookie. A browser that has connected something without it says what is to become of that: `take` takes it along to the passkey's user, and ends the keys and passkeys that led to it; `leave` gives it up, as signing out does.",
    request: { credential: usedPasskey, before: "take" },
  },
};
