/**
 * Glewlwyd, an authorization server in C with a database, as Debian packages it (`glewlwyd`), with its OpenID Connect plugin.
 *
 * What is different: Basic credentials are taken as they are, without undoing any percent-encoding. A refresh that is
 * refused is a 400 without a word, whether the grant is dead or the client's secret is wrong, and the latter spends the
 * refresh token all the same. A code it does not take is a 403 `invalid_code`. Revoking a refresh token leaves the access
 * tokens that came with it alive. It tells no issuer. Refresh tokens work once, and a reuse ends the grant.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { installOnDebian } from "../../../scripts/debian.ts";
import { freePort } from "../../../scripts/local-worker.ts";
import { ADA, redirectUri, type IndependentServer } from "../../support/independent.ts";
import { startFront } from "./front.ts";
import type { Started } from "./started.ts";

const PROGRAM = "/usr/bin/glewlwyd";
/** The tables, and an administrator whose password is `password`, as the package's own installation has them. */
const SCHEMA = "/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3";
const READY_WITHIN_MS = 10_000;

const ID = "glewlwyd";
/** With each character that one encoding or another leaves alone; a tilde reads alike only where nothing is encoded. */
const CLIENT = { id: "basic_client", secret: "s3cret_with-two.and~more" } as const;

/** What to do where it is not there and could not be installed. */
export const GLEWLWYD_IS_MISSING =
  "The tests against Glewlwyd need its package. On Debian or Ubuntu: sudo apt-get install glewlwyd dbconfig-sqlite3.";

const toConfiguration = (port: number, database: string, external_url: string): string => `
port=${port}
bind_address="127.0.0.1"
external_url="${external_url}"
login_url="login.html"
api_prefix="api"
static_files_path="/usr/share/glewlwyd/webapp/"
static_files_mime_types=({ extension=".html" mime_type="text/html" })
log_mode="console"
log_level="ERROR"
cookie_secure=0
session_expiration=2419200
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
user_middleware_module_path="/usr/lib/glewlwyd/user_middleware"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
use_secure_connection=false
secure_connection_key_file=""
secure_connection_pem_file=""
secure_connection_ca_file=""
hash_algorithm="SHA512"
database={ type="sqlite3" path="${database}" };
`;

const toPlugin = (iss: string) => ({
  module: "oidc",
  name: "oidc",
  display_name: "OpenID Connect",
  parameters: {
    iss,
    "jwt-type": "sha",
    "jwt-key-size": "256",
    key: "only for tests",
    "code-duration": 600,
    "refresh-token-duration": 1_209_600,
    "access-token-duration": 3600,
    "allow-non-oidc": true,
    "auth-type-code-enabled": true,
    "auth-type-refresh-enabled": true,
    "refresh-token-one-use": "always",
    "refresh-token-rolling": false,
    "pkce-allowed": true,
    "pkce-required": true,
    "introspection-revocation-allowed": true,
    "introspection-revocation-allow-target-client": true,
    "name-claim": "mandatory",
    "email-claim": "mandatory",
  },
});

const toClient = (redirect_uri: string) => ({
  client_id: CLIENT.id,
  name: "Latchkey",
  confidential: true,
  client_secret: CLIENT.secret,
  enabled: true,
  redirect_uri: [redirect_uri],
  // Without the last one, a client may not revoke.
  authorization_type: ["code", "refresh_token", "client_credentials"],
  token_endpoint_auth_method: ["client_secret_basic"],
  scope: [],
});

const toUser = () => ({
  username: ADA.login,
  name: ADA.name,
  email: ADA.email,
  password: ADA.password,
  enabled: true,
  scope: ["openid"],
});

/** Sets it up over its administration API. */
async function configure(origin: string, app: string): Promise<void> {
  let cookie = "";
  const post = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(`${origin}/api/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Cookie: cookie },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`Glewlwyd answers ${response.status} to ${path}: ${await response.text()}`);
    cookie ||= response.headers.getSetCookie().join("; ");
  };
  await post("auth/", { username: "admin", password: "password" });
  await post("mod/plugin/", toPlugin(origin));
  await post("client/?source=database", toClient(redirectUri(app, ID)));
  await post("user/?source=database", toUser());
}

async function isAnswering(origin: string): Promise<boolean> {
  try {
    return (await fetch(`${origin}/config`)).ok;
  } catch {
    return false;
  }
}

/** Starts it for an app at this origin, and installs it before where it can; null where it is not to be had. */
export async function startGlewlwyd(app: string): Promise<Started | null> {
  if (!existsSync(PROGRAM)) {
    const why = "Installing Debian's Glewlwyd, an authorization server that the tests connect to.";
    installOnDebian(["glewlwyd", "dbconfig-sqlite3"], why, ["glewlwyd.service"]);
  }
  if (!existsSync(PROGRAM)) return null;
  const [front, port, folder] = await Promise.all([
    startFront("/api/oidc/token"),
    freePort(),
    mkdtemp(join(tmpdir(), "latchkey-glewlwyd-")),
  ]);
  const { origin } = front;
  const database = join(folder, "glewlwyd.db");
  const tables = new DatabaseSync(database);
  tables.exec(`BEGIN; ${await readFile(SCHEMA, "utf8")}; COMMIT;`);
  tables.close();
  await writeFile(join(folder, "glewlwyd.conf"), toConfiguration(port, database, origin));
  const child = spawn(PROGRAM, ["--config-file", join(folder, "glewlwyd.conf")], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async (): Promise<void> => {
    child.kill();
    await Promise.all([ended, front.stop()]);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    front.passTo(`http://127.0.0.1:${port}`);
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await isAnswering(origin))) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error("Glewlwyd does not start.");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await configure(origin, app);
  } catch (error) {
    await stop();
    throw error;
  }
  const base = `${origin}/api/oidc`;
  const described: IndependentServer = {
    kind: "glewlwyd",
    origin,
    entries: [
      {
        id: ID,
        name: "Glewlwyd",
        authorization_endpoint: `${base}/auth`,
        token_endpoint: `${base}/token`,
        revocation_endpoint: `${base}/revoke`,
        userinfo_endpoint: `${base}/userinfo`,
        api_base_url: origin,
        client_id: CLIENT.id,
        client_secret: CLIENT.secret,
        token_endpoint_auth_method: "client_secret_basic",
        client_secret_basic_encoding: "none",
        scopes: ["openid"],
      },
    ],
    account: { name: ADA.name, email: ADA.email },
    refuses_without_a_word: true,
    spends_on_wrong_secret: true,
  };
  return { described, stop };
}
