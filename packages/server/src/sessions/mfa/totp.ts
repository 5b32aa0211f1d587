import { generateURI, ScureBase32Plugin, verifySync } from 'otplib';
import { encodeQR } from 'qr';
import { randomBytes } from '../../encryption/randomness.ts';

/** RFC 4226 section 4, R6: 160 bits, as long as the output of SHA-1. */
const SECRET_BYTES = 20;
const PERIOD_SECONDS = 30;
/** What every authenticator app can do, and the only thing that many of them do. */
const FORM = { algorithm: 'sha1', digits: 6, period: PERIOD_SECONDS } as const;
const CODE = /^[0-9]{6}$/;
/** White modules around the symbol, that scanners find it by (ISO/IEC 18004). */
const QUIET_ZONE = 4;

const alphabet = new ScureBase32Plugin();

/** A new secret: 20 random bytes. */
export function newSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

/** A secret as it is typed into an app: base32 (RFC 4648) without padding. */
export function base32(secret: Uint8Array): string {
  return alphabet.encode(secret);
}

/** The `otpauth://totp/…` address that authenticator apps read. */
export function totpUri({
  issuer,
  account,
  secret,
}: {
  issuer: string;
  account: string;
  secret: Uint8Array;
}) {
  return generateURI({ ...FORM, strategy: 'totp', issuer, label: account, secret: base32(secret) });
}

/** The six digits of a code, whatever spaces it was written with; undefined when it is in another form. */
export function totpDigits(code: string): string | undefined {
  const digits = code.replaceAll(' ', '');
  return CODE.test(digits) ? digits : undefined;
}

/**
 * The time step whose code this is (RFC 6238, T0 = 0): the step of `now` (epoch milliseconds), the one before or the
 * one after, since clocks differ and people type slowly. Undefined when it is the code of none of them.
 * Whether the step was used before is the caller's to know: the library's own check throws when a clock goes back.
 */
export function stepOf(code: string, secret: Uint8Array, now: number): number | undefined {
  const token = totpDigits(code);
  if (token === undefined) return undefined;
  const epoch = Math.floor(now / 1000);
  const found = verifySync({
    ...FORM,
    strategy: 'totp',
    secret,
    token,
    epoch,
    epochTolerance: PERIOD_SECONDS,
  });
  return found.valid && 'timeStep' in found ? found.timeStep : undefined;
}

/** A text as a QR symbol: one self-contained SVG, black on white whatever the page around it is. */
export function qrSvg(uri: string): string {
  const modules = encodeQR(uri, 'raw', { ecc: 'medium', border: QUIET_ZONE });
  const size = modules.length;
  let path = '';
  for (const [y, row] of modules.entries())
    for (const [x, dark] of row.entries()) if (dark) path += `M${x} ${y}h1v1h-1z`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${size}v${size}H0z"/><path fill="#000" d="${path}"/></svg>`
  );
}
