/*
 * How long national significant numbers are, by country calling code: subscribers' numbers, fixed and mobile, of the
 * assigned codes of ITU-T E.164 and the national plans filed with the ITU, as the metadata of libphonenumber 9 sums
 * them up. Short codes, satellites and numbers of machines are left out.
 */
const plans: Readonly<Record<string, string>> = {
  '5-5': '247 290 500 682',
  '5-7': '676 677 678 683 688 690',
  '5-8': '686',
  '5-10': '685',
  '6-6': '298 299 672 681 687',
  '6-7': '597',
  '6-9': '352 376 508',
  '6-10': '358',
  '7-7': '238 239 246 248 269 291 297 501 592 673 674 679 680 691 692 960',
  '7-8': '230 241 267 372 507 599 670 675 961 975',
  '7-9': '46 220 231 252 254 265 354 359 423 595 967',
  '7-10': '95 243 353',
  '7-12': '49',
  '7-13': '43',
  '8-8':
    '45 47 65 216 222 223 226 227 228 232 235 236 253 257 266 268 350 356 357 370 371 373 374 382 386 389 502 503 504 505 506 509 591 598 689 852 853 965 968 973 974 993',
  '8-9': '32 36 51 66 213 224 250 258 264 355 377 383 385 387 593 855 886 962 963 970 971 972',
  '8-10': '20 53 60 63 64 378 381 850 856 880 964 976 977',
  '8-11': '39 82',
  '8-12': '62',
  '9-9':
    '27 31 33 34 40 41 48 56 61 93 94 211 212 218 221 233 237 240 242 244 245 249 251 255 256 260 261 262 263 351 375 380 420 421 590 594 596 966 992 994 995 996 998',
  '9-10': '44 81 84 92',
  '10-10': '1 7 30 57 58 90 91 98 225 229 234',
  '10-11': '52 54 55 86',
};

interface Plan {
  readonly least: number;
  readonly most: number;
}
const planOf = new Map<string, Plan>();
for (const [range, codes] of Object.entries(plans)) {
  const [least, most] = range.split('-').map(Number);
  for (const code of codes.split(' ')) planOf.set(code, { least: least!, most: most! });
}
// Area codes and exchanges of North America begin with 2 to 9, and no area code ends in 11.
const american = /^[2-9](?!11)\d\d[2-9]\d{6}$/;

/** Whether the digits after a plus sign are an assigned calling code and as many digits as its plan has. */
export function isPossibleNumber(digits: string): boolean {
  for (let width = 1; width <= 3; width++) {
    const plan = planOf.get(digits.slice(0, width));
    if (plan === undefined) continue;
    const length = digits.length - width;
    return (
      length >= plan.least &&
      length <= plan.most &&
      (width > 1 || digits[0] !== '1' || american.test(digits.slice(1)))
    );
  }
  return false;
}
