/*
 * Check digits of identifiers. All take strings of the right length and alphabet; what else a string may hold
 * makes the answer meaningless, never an exception.
 */

const digitAt = (text: string, at: number) => text.charCodeAt(at) - 48;

/** Sum of digit × weight, over as many digits as there are weights. */
export function weightedSum(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * digitAt(digits, i), 0);
}

/** Remainder of a decimal number of any length. */
export function remainder(digits: string, modulus: number): number {
  let rest = 0;
  for (let i = 0; i < digits.length; i++) rest = (rest * 10 + digitAt(digits, i)) % modulus;
  return rest;
}

/** Letters as two-digit numbers (A = 10 … Z = 35), digits as they are: the alphabet of IBAN and ICAO documents. */
export function lettersAsNumbers(value: string): string {
  return value.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
}

/** ISO 7064 MOD 97-10 with the check digits at the end. */
export function hasMod97(value: string): boolean {
  return remainder(lettersAsNumbers(value), 97) === 1;
}

/** ISO 7064 MOD 11,10: German Steuer-ID and VAT id, Croatian OIB. */
export function hasMod11And10(digits: string): boolean {
  let product = 10;
  for (let i = 0; i < digits.length - 1; i++) {
    const sum = (digitAt(digits, i) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digitAt(digits, digits.length - 1);
}

/** ICAO 9303 weights 7, 3, 1 over digits and letters, the last digit being the check digit. */
export function hasIcaoCheckDigit(value: string): boolean {
  const numbers = [...value.slice(0, -1)].map((character) => Number.parseInt(character, 36));
  const sum = numbers.reduce((total, number, i) => total + number * [7, 3, 1][i % 3]!, 0);
  return sum % 10 === Number(value.at(-1));
}

/** EAN-13 (GS1): weights 1 and 3, as on the Swiss AHV number. */
export function hasEanCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let i = digits.length - 1, weight = 1; i >= 0; i--, weight = 4 - weight)
    sum += weight * digitAt(digits, i);
  return sum % 10 === 0;
}

const dihedral = [
  '0123456789',
  '1234067895',
  '2340178956',
  '3401289567',
  '4012395678',
  '5987604321',
  '6598710432',
  '7659821043',
  '8765932104',
  '9876543210',
];
const permutation = [
  '0123456789',
  '1576283094',
  '5803796142',
  '8916043527',
  '9453126870',
  '4286573901',
  '2793806415',
  '7046913258',
];

/** Verhoeff (1969): dihedral group of order 10, as in Aadhaar. */
export function hasVerhoeffChecksum(digits: string): boolean {
  let check = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digitAt(digits, digits.length - 1 - i);
    check = digitAt(dihedral[check]!, digitAt(permutation[i % 8]!, digit));
  }
  return check === 0;
}

/** A check digit modulo 11 of which 10 counts as `ten` (-1: such numbers are not issued). */
export function checkDigitOf11(sum: number, ten: number): number {
  const digit = (11 - (sum % 11)) % 11;
  return digit === 10 ? ten : digit;
}

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Whether such a day exists in some year; numbers carry two-digit years, so leap years are not asked for. */
export function isDay(month: number, day: number): boolean {
  return day >= 1 && day <= (monthDays[month - 1] ?? 0);
}

/** Month and day from four digits `MMDD` at `at`. */
export function hasMonthDay(digits: string, at: number): boolean {
  return isDay(Number(digits.slice(at, at + 2)), Number(digits.slice(at + 2, at + 4)));
}

/** Day and month from four digits `DDMM` at `at`. */
export function hasDayMonth(digits: string, at: number): boolean {
  return isDay(Number(digits.slice(at + 2, at + 4)), Number(digits.slice(at, at + 2)));
}

/** Whether all digits are the same: a filler, whatever the check digit says. */
export function isFiller(digits: string): boolean {
  return /^(.)\1*$/.test(digits);
}
