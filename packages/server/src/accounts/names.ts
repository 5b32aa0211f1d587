/** The one form in which names and addresses are compared: `Alice`, `ALICE` and `ａｌｉｃｅ` are one. */
export function comparable(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** Input of the look-up digest of a user name or e-mail address. */
export const usernameKey = (username: string) => `username:${comparable(username)}`;
export const emailKey = (email: string) => `email:${comparable(email)}`;

const LOCAL = String.raw`[^\s@"(),:;<>\[\]\\\p{C}]{1,64}`;
const LABEL = String.raw`[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]{0,61}[\p{L}\p{N}\p{M}])?`;
const EMAIL = new RegExp(String.raw`^${LOCAL}@(?:${LABEL}\.)+${LABEL}$`, 'u');

/** Longest address that SMTP carries (RFC 5321, erratum 1690). */
export const EMAIL_LENGTH = 254;

/** An address that mail could be sent to: something, an @, and a domain with a dot. */
export function isEmail(value: string): boolean {
  return value.length <= EMAIL_LENGTH && EMAIL.test(value);
}
