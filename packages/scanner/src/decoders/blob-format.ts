/** An encoding of bytes as digits of a power of two, in groups that begin and end with a byte. */
export interface BlobFormat {
  readonly name: 'base64' | 'hex';
  readonly bitsPerDigit: number;
  readonly digitsPerGroup: number;
  readonly bytesPerGroup: number;
  /** Fewer digits hold no credential that is worth a look: 18 bytes of base64, 16 of hex. */
  readonly fewestDigits: number;
  /** Value of each ASCII digit, `noDigit` for others. */
  readonly values: Uint8Array;
}

export const noDigit = 255;

function valuesOf(alphabets: readonly string[]): Uint8Array {
  const values = new Uint8Array(128).fill(noDigit);
  for (const alphabet of alphabets) {
    for (let value = 0; value < alphabet.length; value++) values[alphabet.charCodeAt(value)] = value;
  }
  return values;
}

const letters = 'abcdefghijklmnopqrstuvwxyz';
const common = `${letters.toUpperCase()}${letters}0123456789`;

/** RFC 4648, sections 4 and 5: both alphabets, as what is pasted is often a mixture. */
export const base64: BlobFormat = {
  name: 'base64',
  bitsPerDigit: 6,
  digitsPerGroup: 4,
  bytesPerGroup: 3,
  fewestDigits: 24,
  values: valuesOf([`${common}+/`, `${common}-_`]),
};

/** RFC 4648, section 8, in both cases. */
export const hex: BlobFormat = {
  name: 'hex',
  bitsPerDigit: 4,
  digitsPerGroup: 2,
  bytesPerGroup: 1,
  fewestDigits: 32,
  values: valuesOf(['0123456789abcdef', '0123456789ABCDEF']),
};

/** Value of the digit at `at`; `noDigit` outside the alphabet and outside the text. */
export function digitAt({ values }: BlobFormat, text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? values[code]! : noDigit;
}
