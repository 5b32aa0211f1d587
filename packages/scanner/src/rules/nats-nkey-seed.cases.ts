import type { RuleCases } from '../testing/rule-cases.ts';
import { everywhere, lastChanged } from '../testing/rule-cases.ts';
import { makeTokens } from '../testing/tokens.ts';
import { crc16 } from './nats-nkey-seed.ts';

const tokens = makeTokens(35);
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** `kind`: 20 << 3 is a user, 0 an account, 14 << 3 an operator. */
function seedOf(kind: number): string {
  const head = [(18 << 3) | (kind >> 5), (kind & 31) << 3, ...Buffer.from(tokens.hex(64), 'hex')];
  const crc = crc16(Uint8Array.from(head));
  const bytes = [...head, crc & 0xff, crc >> 8];
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

const user = seedOf(20 << 3);
const account = seedOf(0);
const operator = seedOf(14 << 3);

export const cases: RuleCases = {
  positives: [user, account, operator].flatMap((seed) => everywhere(seed, { validated: true })),
  negatives: [
    `${user.slice(0, 20)}${user[20] === 'A' ? 'B' : 'A'}${user.slice(21)}`,
    user.slice(0, -1),
    `${user}A`,
    `U${user.slice(2)}`,
    `X${user}`,
    user.toLowerCase(),
    lastChanged(user).replace(/b$/, '1'),
  ],
};
