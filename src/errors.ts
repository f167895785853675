/** Every error Latchkey makes: a stable code, its HTTP status, and nothing the provider wrote. */

/** The one table of codes. A status is decided here and nowhere else. */
const STATUS = {
  invalid_request: 400,
  invalid_callback: 400,
  invalid_state: 400,
  state_consumed: 400,
  state_expired: 400,
  callback_mismatch: 400,
  issuer_mismatch: 400,
  access_denied: 400,
  connect_cancelled: 400,
  authorization_failed: 400,
  invalid_return_to: 400,
  invalid_cursor: 400,
  bad_path: 400,
  credential_denied: 400,
  user_required: 400,
  invalid_connection_code: 400,
  invalid_link: 400,
  invalid_passkey: 400,
  challenge_spent: 400,
  invalid_session: 401,
  invalid_admin_key: 401,
  csrf: 403,
  insufficient_scope: 403,
  outside_grant: 403,
  approval_required: 403,
  approval_denied: 403,
  approval_spent: 403,
  too_many_approvals: 403,
  grant_spent: 403,
  network_denied: 403,
  origin_denied: 403,
  scope_missing: 403,
  connect_session_required: 403,
  link_browser_mismatch: 403,
  state_browser_mismatch: 403,
  confirmation_required: 403,
  passkey_cloned: 403,
  user_mismatch: 403,
  host_denied: 403,
  path_denied: 403,
  connection_mismatch: 403,
  unknown_integration: 404,
  unknown_passkey: 404,
  unknown_connection: 404,
  not_found: 404,
  method_not_allowed: 405,
  not_connected: 409,
  account_mismatch: 409,
  label_taken: 409,
  request_under_way: 409,
  shared_grant: 409,
  reauth_required: 409,
  not_refreshable: 409,
  no_token: 409,
  too_many_keys: 409,
  too_many: 409,
  integration_fixed: 409,
  last_passkey: 409,
  connected_already: 409,
  app_removed: 410,
  link_used: 410,
  link_expired: 410,
  link_cancelled: 410,
  body_too_large: 413,
  unsupported_media_type: 415,
  idempotency_key_reused: 422,
  fields_refused: 422,
  rate_limited: 429,
  config_error: 500,
  vault_integrity: 500,
  internal: 500,
  upgrade_not_supported: 501,
  bad_upstream_status: 502,
  token_request_rejected: 502,
  client_credentials_invalid: 502,
  invalid_token_response: 502,
  invalid_provider_response: 502,
  request_refused: 502,
  provider_unavailable: 502,
  token_rejected: 502,
  provider_rate_limited: 503,
  not_configured: 503,
  key_unavailable: 503,
  overloaded: 503,
  vault_unavailable: 503,
  index_unavailable: 503,
  provider_timeout: 504,
  loop_detected: 508,
} as const;

export type ErrorCode = keyof typeof STATUS;

const isErrorCode = (word: string): word is ErrorCode => Object.hasOwn(STATUS, word);

/** All of them, for whoever has to know each: the OpenAPI document, and the clients that are typed out of it. */
export const ERROR_CODES: readonly ErrorCode[] = Object.keys(STATUS).filter(isErrorCode);

/** The HTTP status of a code. */
export const errorStatus = (code: ErrorCode): (typeof STATUS)[ErrorCode] => STATUS[code];

/** What an error has beside its code and its sentence. */
interface ErrorDetails {
  readonly cause?: unknown;
  /** They go onto the answer (`Retry-After`). */
  readonly headers?: Readonly<Record<string, string>>;
  /** What a program goes on with: they stand beside the code in the answer. */
  readonly members?: Members;
  /** The field of the request that is wrong, as it is called there; `labels.0.name` is inside of `labels`. */
  readonly param?: string | null;
}

type Members = Readonly<Record<string, string | null | readonly string[]>>;

/** An error with an answer. `message` is shown to the caller: it says what happened and what to do next. */
export class AppError extends Error {
  override readonly name = "AppError";
  readonly code: ErrorCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly members: Members;
  readonly param: string | null;

  constructor(
    code: ErrorCode,
    message: string,
    { cause, headers = {}, members = {}, param = null }: ErrorDetails = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.headers = headers;
    this.members = members;
    this.param = param;
  }

  get status(): (typeof STATUS)[ErrorCode] {
    return errorStatus(this.code);
  }
}

/** For a field of a request that is not as it has to be. @param reason goes behind the field's name, with a full stop */
export const invalidField = (param: string, reason: string, code: ErrorCode = "invalid_request"): AppError =>
  new AppError(code, `${param}: ${reason}`, { param });

/** The header that tells an error of Latchkey's own from one of the provider. Its value is the code. */
export const ERROR_HEADER = "X-Latchkey-Error";
