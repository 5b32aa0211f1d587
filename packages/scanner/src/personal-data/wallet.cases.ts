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
// Specimens of EIP-55, in two parts: a whole one is somebody’s address.
const specimens = [
  ['5aAeb6053F3E94C9b9A0', '9f33669435E7Ef1BeAed'],
  ['fB6916095ca1df60bB79', 'Ce92cE3Ea74c37c5d359'],
  ['dbF03B407c01E7cD3CBe', 'a99509d93f8DDDC8C6FB'],
  ['D1220A0cf47c7B9Be7A2', 'E6BA89F429762e7b9aDb'],
].map(([head, tail]) => `0x${head}${tail}`);
const otherCase = (address: string) =>
  address.replace(/[a-f](?=[^a-f]*$)/i, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );

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
    positives: [
      ...[`wallet ${ether}`, `eth: "${ether}"`, `send to ${ether}.`].map((text) => ({ text, value: ether })),
      ...specimens.map((value) => ({ text: `f('${value}')`, value, expected: { validated: true } })),
      ...specimens.map((value) => ({
        text: `wallet ${otherCase(value)}`,
        value: otherCase(value),
        expected: { validated: false },
      })),
    ],
    negatives: [
      ...specimens.map(otherCase),
      ...specimens.map((value) => value.toLowerCase()),
      ether,
      `commit ${ether}`,
      `wallet ${ether}a`,
      `wallet ${ether.slice(0, -1)}`,
      `wallet 0x${'0'.repeat(40)}`,
      `wallet x${ether}`,
    ],
  },
};
