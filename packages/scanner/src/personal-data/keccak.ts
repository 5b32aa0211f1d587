/*
 * Keccak-256 with the original padding, as Ethereum uses it; SHA3-256 of FIPS 202 differs from it in one byte, and
 * Node has only that one. Lanes of 64 bits are two words of 32, low word first: BigInt would be thirty times slower.
 * Source: Bertoni, Daemen, Peeters, Van Assche, "The Keccak reference", version 3.0.
 */
const rounds = 24;
const rate = 136;

/** Padding of Keccak as submitted, and of FIPS 202: what tells the two functions apart. */
export const ORIGINAL_PADDING = 0x01;
export const FIPS_PADDING = 0x06;

const { constants, rotations, targets } = buildTables();

/** Round constants from the LFSR x⁸ + x⁶ + x⁵ + x⁴ + 1; rotations and targets of ρ and π along one walk. */
function buildTables() {
  const constants = new Int32Array(rounds * 2);
  let register = 1;
  for (let round = 0; round < rounds; round++) {
    for (let power = 0; power < 7; power++) {
      const bit = 2 ** power - 1;
      if (register & 1) constants[round * 2 + (bit >> 5)]! ^= 1 << (bit & 31);
      register = register & 0x80 ? ((register << 1) & 0xff) ^ 0x71 : register << 1;
    }
  }
  const rotations = new Uint8Array(24);
  const targets = new Uint8Array(24);
  let [x, y] = [1, 0];
  for (let step = 0; step < 24; step++) {
    rotations[step] = (((step + 1) * (step + 2)) / 2) % 64;
    [x, y] = [y, (2 * x + 3 * y) % 5];
    targets[step] = x + 5 * y;
  }
  return { constants, rotations, targets };
}

const columns = new Int32Array(10);

function permute(state: Int32Array): void {
  for (let round = 0; round < rounds; round++) {
    theta(state);
    rhoAndPi(state);
    for (let from = 0; from < 50; from += 10) {
      chi(state, from);
      chi(state, from + 1);
    }
    state[0]! ^= constants[round * 2]!;
    state[1]! ^= constants[round * 2 + 1]!;
  }
}

function theta(state: Int32Array): void {
  for (let i = 0; i < 10; i++)
    columns[i] = state[i]! ^ state[i + 10]! ^ state[i + 20]! ^ state[i + 30]! ^ state[i + 40]!;
  for (let i = 0; i < 10; i += 2) {
    const right = i === 8 ? 0 : i + 2;
    const left = i === 0 ? 8 : i - 2;
    const low = columns[right]!;
    const high = columns[right + 1]!;
    const mixedLow = columns[left]! ^ ((low << 1) | (high >>> 31));
    const mixedHigh = columns[left + 1]! ^ ((high << 1) | (low >>> 31));
    for (let lane = i; lane < 50; lane += 10) {
      state[lane]! ^= mixedLow;
      state[lane + 1]! ^= mixedHigh;
    }
  }
}

/** Each lane, rotated, takes the place of the next one of the walk; no rotation is by 0 or by 32. */
function rhoAndPi(state: Int32Array): void {
  let low = state[2]!;
  let high = state[3]!;
  for (let step = 0; step < 24; step++) {
    const target = targets[step]! * 2;
    const by = rotations[step]!;
    const nextLow = state[target]!;
    const nextHigh = state[target + 1]!;
    const shift = by & 31;
    const first = by < 32 ? low : high;
    const second = by < 32 ? high : low;
    state[target] = (first << shift) | (second >>> (32 - shift));
    state[target + 1] = (second << shift) | (first >>> (32 - shift));
    low = nextLow;
    high = nextHigh;
  }
}

/** One row of words, every other one from `at`. */
function chi(state: Int32Array, at: number): void {
  const a = state[at]!;
  const b = state[at + 2]!;
  const c = state[at + 4]!;
  const d = state[at + 6]!;
  const e = state[at + 8]!;
  state[at] = a ^ (~b & c);
  state[at + 2] = b ^ (~c & d);
  state[at + 4] = c ^ (~d & e);
  state[at + 6] = d ^ (~e & a);
  state[at + 8] = e ^ (~a & b);
}

/** The 32 bytes of the hash of a message of any length. Not constant in time: for public values only. */
export function keccak256(message: Uint8Array, padding: number = ORIGINAL_PADDING): Uint8Array {
  const state = new Int32Array(50);
  const absorb = (at: number, byte: number) => {
    state[at >> 2]! ^= byte << ((at & 3) * 8);
  };
  let at = 0;
  for (const byte of message) {
    absorb(at++, byte);
    if (at < rate) continue;
    permute(state);
    at = 0;
  }
  absorb(at, padding);
  absorb(rate - 1, 0x80);
  permute(state);
  return Uint8Array.from({ length: 32 }, (_, i) => state[i >> 2]! >>> ((i & 3) * 8));
}
