/**
 * A user as `X-Latchkey-User` has them, for calls that are made without this client: ASCII as it is, all else as RFC 8187
 * 3.2.1 has it.
 */
export const userHeader = (user: string): string =>
  /^[\x20-\x7e]+$/.test(user) && !/^utf-8'/i.test(user) ? user : `UTF-8''${encodeURIComponent(user)}`;
