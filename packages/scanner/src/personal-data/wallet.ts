import { createHash } from 'node:crypto';
import { ALPHANUMERIC, classesOf, HEX, isAt, LETTER, runEnd } from '../characters.ts';
import type { Lead } from '../leads.ts';
import { letters } from '../leads.ts';
import type { Rule, Verdict } from '../rule.ts';
import { personalDataMappings } from '../rule.ts';
import { isNamed, names } from './context.ts';
import { keccak256 } from './keccak.ts';

/** Alphabet of Base58: no 0, O, I or l. */
export const base58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
/** Alphabet of Bech32, by value. */
export const bech32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';

const remediation = {
  steps: [
    'An address links a person to every payment that it made: remove it unless a payment needs it.',
    'Never keep it beside a name.',
  ],
  references: ['https://developer.bitcoin.org/devguide/transactions.html'],
};

/** Base58Check: 21 bytes and the first four of their double SHA-256. */
function hasBase58Check(value: string): boolean {
  let number = 0n;
  for (const character of value) {
    const digit = base58.indexOf(character);
    if (digit === -1) return false;
    number = number * 58n + BigInt(digit);
  }
  const hex = number.toString(16);
  if (hex.length > 50) return false;
  const bytes = Buffer.from(hex.padStart(50, '0'), 'hex');
  const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();
  return sha256(sha256(bytes.subarray(0, 21)))
    .subarray(0, 4)
    .equals(bytes.subarray(21));
}

const generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** High bits, a zero, low bits: how the human-readable part enters the checksum. */
export function expandPrefix(prefix: string): number[] {
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  return [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31)];
}

/** Remainder of the BCH code of BIP 173 over five-bit values. */
export function bech32Polymod(values: readonly number[]): number {
  let check = 1;
  for (const next of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ next;
    generators.forEach((generator, i) => {
      if ((top >>> i) & 1) check ^= generator;
    });
  }
  return check;
}

/** Bech32 (BIP 173, constant 1) or Bech32m (BIP 350). */
function hasBech32Checksum(value: string): boolean {
  const lower = value.toLowerCase();
  if (value !== lower && value !== value.toUpperCase()) return false;
  const split = lower.lastIndexOf('1');
  const data = [...lower.slice(split + 1)].map((character) => bech32.indexOf(character));
  const check = bech32Polymod([...expandPrefix(lower.slice(0, split)), ...data]);
  return !data.includes(-1) && (check === 1 || check === 0x2bc830a3);
}

/** Bitcoin addresses: Base58Check of versions 0 and 5, and segregated witness (BIP 173, BIP 350). */
export const bitcoinAddress: Rule = {
  id: 'bitcoin-address',
  category: 'pii',
  title: 'Bitcoin address',
  patterns: ['[13][1-9A-HJ-NP-Za-km-z]{25,34}', '(?i:bc1)[0-9A-Za-z]{39,87}'],
  severity: 'medium',
  confidence: 'high',
  keywords: ['bc1'],
  leads: Array.from({ length: 19 }, (_, i): Lead => [0, i + 1, { first: '13', next: letters }]),
  maximumLength: 91,
  match(text, start) {
    const first = text[start];
    const isSegwit = first === 'b' || first === 'B';
    if (first !== '1' && first !== '3' && !isSegwit) return undefined;
    if (isAt(text, start - 1, ALPHANUMERIC)) return undefined;
    const end = runEnd(text, start, ALPHANUMERIC, start + 91);
    const length = end - start;
    const isPossible = isSegwit ? length >= 42 && length <= 90 : length >= 26 && length <= 35;
    return isPossible ? { start, end } : undefined;
  },
  validate(value): Verdict {
    const isValid = /^bc1/i.test(value) ? hasBech32Checksum(value) : hasBase58Check(value);
    return isValid ? 'proved' : 'refuted';
  },
  remediation,
  mappings: personalDataMappings,
};

const walletNames = names('eth(?!\\p{L})', 'ethereum', 'wallet', 'address', 'account', 'contract', 'send to');

/**
 * Mixed case of EIP-55: a letter is a capital where the same nibble of the hash of the lower-case address is eight or
 * more. By chance one mixed address in about four thousand has it.
 */
function hasEip55Case(address: string): boolean {
  const digits = address.slice(2);
  const hash = keccak256(Buffer.from(digits.toLowerCase(), 'latin1'));
  for (let i = 0; i < 40; i++) {
    const code = digits.charCodeAt(i);
    if (code < 65) continue;
    const nibble = i % 2 === 0 ? hash[i >> 1]! >> 4 : hash[i >> 1]! & 15;
    if (nibble >= 8 !== code < 97) return false;
  }
  return true;
}

const isMixed = (address: string) => {
  const letters = classesOf(address.slice(2)) & LETTER;
  return letters === LETTER;
};

/**
 * Ethereum addresses, 40 hexadecimal digits: with the mixed case of EIP-55 anywhere, otherwise beside a word for
 * wallets. A mixed case that does not fit is a slip, or of a chain that mixes its number in (EIP-1191).
 */
export const ethereumAddress: Rule = {
  id: 'ethereum-address',
  category: 'pii',
  title: 'Ethereum address',
  patterns: ['0[xX][0-9A-Fa-f]{40}'],
  severity: 'low',
  confidence: 'medium',
  keywords: ['0x'],
  maximumLength: 42,
  match(text, start, digits) {
    if (isAt(text, start - 1, ALPHANUMERIC)) return undefined;
    const end = runEnd(text, digits, ALPHANUMERIC, digits + 41);
    if (end - digits !== 40 || runEnd(text, digits, HEX, end) !== end) return undefined;
    if (new Set(text.slice(digits, end)).size < 6) return undefined;
    if (isNamed(text, start, end, walletNames)) return { start, end };
    const address = text.slice(start, end);
    return isMixed(address) && hasEip55Case(address) ? { start, end } : undefined;
  },
  validate: (value): Verdict => (isMixed(value) && hasEip55Case(value) ? 'proved' : 'plausible'),
  remediation,
  mappings: personalDataMappings,
};
