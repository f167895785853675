/** What Bluesky's authorization server keeps, in memory: Ada's account, her devices, and what was asked for and given. */
import { InvalidCredentialsError } from "@atproto/oauth-provider/errors";
import type {
  Account,
  AccountStore,
  AuthorizedClients,
  DeviceData,
  DeviceId,
  DeviceStore,
  LexiconData,
  LexiconStore,
  RefreshToken,
  RequestData,
  RequestId,
  RequestStore,
  TokenData,
  TokenId,
  TokenInfo,
  TokenStore,
} from "@atproto/oauth-provider/store";
import { ADA } from "../support/independent.ts";

interface Kept {
  readonly data: TokenData;
  readonly current: RefreshToken | null;
  readonly used: readonly RefreshToken[];
}

export type BlueskyStore = AccountStore &
  DeviceStore &
  LexiconStore &
  RequestStore &
  TokenStore & {
    /** How many grants there are that have not been taken back. */
    readonly living: () => number;
  };

const notHere = (): never => {
  throw new Error("No test does this.");
};

/** @param account the one that there is */
export function blueskyStore(account: Account): BlueskyStore {
  const authorizedClients: AuthorizedClients = new Map();
  const devices = new Map<DeviceId, DeviceData>();
  const requests = new Map<RequestId, RequestData>();
  const tokens = new Map<TokenId, Kept>();
  const lexicons = new Map<string, LexiconData>();
  const find = (isThis: (kept: Kept) => boolean): TokenInfo | null => {
    const [id, kept] = [...tokens].find(([, one]) => isThis(one)) ?? [];
    return id === undefined || kept === undefined
      ? null
      : { id, data: kept.data, account, currentRefreshToken: kept.current };
  };
  return {
    living: () => tokens.size,

    authenticateAccount: ({ username, password }) => {
      if (username === account.handle && password === ADA.password) return account;
      throw new InvalidCredentialsError();
    },
    getAccount: () => ({ account, authorizedClients }),
    setAuthorizedClient: (_, client, data) => void authorizedClients.set(client, data),
    // She signs in anew each time.
    upsertDeviceAccount: () => {},
    getDeviceAccount: () => null,
    removeDeviceAccount: () => {},
    listDeviceAccounts: () => [],
    createAccount: notHere,
    deactivateAccount: notHere,
    reactivateAccount: notHere,
    deleteAccountRequest: notHere,
    deleteAccountConfirm: notHere,
    resetPasswordRequest: notHere,
    resetPasswordConfirm: notHere,
    updateEmailRequest: notHere,
    updateEmailConfirm: notHere,
    verifyEmailRequest: notHere,
    verifyEmailConfirm: notHere,
    updateHandle: notHere,
    verifyHandleAvailability: notHere,

    createDevice: (id, data) => void devices.set(id, data),
    readDevice: (id) => devices.get(id) ?? null,
    updateDevice: (id, data) => {
      const before = devices.get(id);
      if (before) devices.set(id, { ...before, ...data });
    },
    deleteDevice: (id) => void devices.delete(id),

    findLexicon: (nsid) => lexicons.get(nsid) ?? null,
    storeLexicon: (nsid, data) => void lexicons.set(nsid, data),
    deleteLexicon: (nsid) => void lexicons.delete(nsid),

    createRequest: (id, data) => void requests.set(id, data),
    readRequest: (id) => requests.get(id) ?? null,
    updateRequest: (id, data) => {
      const before = requests.get(id);
      if (before) requests.set(id, { ...before, ...data });
    },
    deleteRequest: (id) => void requests.delete(id),
    consumeRequestCode: (code) => {
      const [requestId, data] = [...requests].find(([, one]) => one.code === code) ?? [];
      if (requestId === undefined || data === undefined) return null;
      requests.delete(requestId);
      return { requestId, data };
    },

    createToken: (id, data, current) => void tokens.set(id, { data, current: current ?? null, used: [] }),
    readToken: (id) => {
      const kept = tokens.get(id);
      return kept ? { id, data: kept.data, account, currentRefreshToken: kept.current } : null;
    },
    deleteToken: (id) => void tokens.delete(id),
    rotateToken: (id, next, current, data) => {
      const before = tokens.get(id);
      if (!before) throw new Error("There is no such token.");
      tokens.delete(id);
      const used = before.current === null ? before.used : [...before.used, before.current];
      tokens.set(next, { data: { ...before.data, ...data }, current, used });
    },
    findTokenByRefreshToken: (token) => find(({ current, used }) => current === token || used.includes(token)),
    findTokenByCode: (code) => find(({ data }) => data.code === code),
    listAccountTokens: () => [],
  };
}
