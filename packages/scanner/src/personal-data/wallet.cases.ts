import { createHash } from 'node:crypto';
import type { RuleCases } from '../testing/rule-cases.ts';
import { lastChanged } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';
import { base58, bech32, bech32Polymod, expandPrefix } from './wallet.ts';

const tokens = makeTokens(79);
const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest();

/** Base58Check of a random hash under the version. */
function legacyAddress(version: number): string {
  const payload = Buffer.concat([Buffer.from([version]), Buffer.from(`a${tokens.hex(39)}`, 'hex')]);
  let number = BigInt(
    `0x${Buffer.concat([payload, sha256(sha256(payload)).subarray(0, 4)]).toString('hex')}`,
  );
  let text = '';
  for (; number > 0n; number /= 58n) text = base58[Number(number % 58n)]! + text;
  return version === 0 ? `1${text}` : text;
}

/** Segregated witness address of a version and as many five-bit groups. */
function segwitAddress(version: number, groups: number, constant: number): string {
  const data = [version, ...Array.from({ length: groups }, () => bech32.indexOf(tokens.body(1, bech32)))];
  const check = bech32Polymod([...expandPrefix('bc'), ...data, 0, 0, 0, 0, 0, 0]) ^ constant;
  const checksum = Array.from({ length: 6 }, (_, i) => (check >>> (5 * (5 - i))) & 31);
  return `bc1${[...data, ...checksum].map((value) => bech32[value]).join('')}`;
}

const addresses = [
  legacyAddress(0),
  legacyAddress(5),
  segwitAddress(0, 32, 1),
  segwitAddress(1, 52, 0x2bc830a3),
];
const ether = `0x${tokens.hex(40)}`;

/** Cases by rule id. */
export const cases: Readonly<Record<string, RuleCases>> = {
  'bitcoin-address': {
    positives: [
      ...addresses.map((value) => ({ text: `pay ${value}.`, value, expected: { validated: true } })),
      { text: addresses[2]!.toUpperCase(), value: addresses[2]!.toUpperCase() },
    ],
    negatives: [
      ...addresses.map(lastChanged),
      ...addresses.map((address) => `x${address}`),
      ...addresses.map((address) => `${address}z`),
      `1${tokens.body(30, base58)}`,
      `bc1${tokens.body(39, bech32)}`,
    ],
  },
  'ethereum-address': {
    positives: [`wallet ${ether}`, `eth: "${ether}"`, `send to ${ether}.`].map((text) => ({
      text,
      value: ether,
    })),
    negatives: [
      ether,
      `commit ${ether}`,
      `wallet ${ether}a`,
      `wallet ${ether.slice(0, -1)}`,
      `wallet 0x${'0'.repeat(40)}`,
      `wallet x${ether}`,
    ],
  },
};
