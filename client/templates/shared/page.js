/** The page, for servers that have no templates of their own. */

/** @param {string} text */
const escape = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
/** @param {readonly string[]} items */
const list = (items) => `<ul>${items.map((item) => `<li>${escape(item)}</li>`).join("")}</ul>`;
/** @param {string} body */
const page = (body) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Acme</title><h1>Acme</h1>${body}`;

export const loginPage = () =>
  page(`<form method="post" action="/login"><label>Name <input name="name" required maxlength="28"></label>
    <button>Sign in</button></form>`);

/**
 * @param {string} user
 * @param {readonly string[] | null} repositories
 * @param {readonly string[]} events
 */
export const homePage = (user, repositories, events) =>
  page(`<p>Signed in as ${escape(user)}.</p>
    <form method="post" action="/connect"><button>Connect GitHub</button></form>
    ${repositories === null ? "<p>Nothing is connected yet.</p>" : `<h2>Repositories</h2>${list(repositories)}`}
    <h2>Webhook</h2>${list(events)}`);

/** @param {string} reason */
export const failedPage = (reason) =>
  page(`<p role="alert">Not connected: ${escape(reason)}.</p><p><a href="/">Try again</a></p>`);
