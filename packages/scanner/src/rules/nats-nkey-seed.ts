import { ALPHANUMERIC, BASE32, isAt, runEnd, startsToken } from '../characters.ts';
import type { Rule } from '../rule.ts';
import { credentialMappings, revokeAndRotate } from '../rule.ts';

const seedLength = 58;

/**
 * Seed of a NATS key: base32 without padding of two prefix bytes (seed, and kind: operator, account, user, server,
 * cluster, curve), 32 bytes and a CRC-16/XMODEM in little-endian order. Source: https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth
 * and the format in the README of nats-io/nkeys.
 */
export const natsNkeySeed: Rule = {
  id: 'nats-nkey-seed',
  category: 'secret',
  title: 'NATS private key (NKey seed)',
  patterns: ['S[UAONCX]A[A-Z2-7]{55}', 'S[UAONCX][A-Z2-7]{56}'],
  severity: 'critical',
  confidence: 'high',
  keywords: ['SUA', 'SAA', 'SOA', 'SNA', 'SCA', 'SXA'],
  keywordAt: 0,
  maximumLength: seedLength + 1,
  match(text, start) {
    if (text[start] !== 'S' || !startsToken(text, start)) return undefined;
    const end = runEnd(text, start, BASE32, start + seedLength + 1);
    if (end - start !== seedLength || isAt(text, end, ALPHANUMERIC)) return undefined;
    return { start, end, publicPrefix: 2 };
  },
  validate: (value) => (hasCrc(value) ? 'proved' : 'refuted'),
  remediation: revokeAndRotate('the NATS operator or account that trusts the key', [
    'https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth',
  ]),
  mappings: credentialMappings,
};

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function hasCrc(seed: string): boolean {
  const bytes = decodeBase32(seed);
  const body = bytes.subarray(0, -2);
  return crc16(body) === (bytes.at(-2)! | (bytes.at(-1)! << 8));
}

function decodeBase32(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8));
  let [bits, count, at] = [0, 0, 0];
  for (const character of text) {
    bits = ((bits << 5) | alphabet.indexOf(character)) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes[at++] = (bits >> count) & 0xff;
  }
  return bytes;
}

/** CRC-16/XMODEM: polynomial 0x1021, initial value 0. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = ((crc << 1) ^ (crc & 0x8000 ? 0x1021 : 0)) & 0xffff;
  }
  return crc;
}
