import { Attempts } from './attempts.ts';
import { bruteForce } from './brute-force.ts';
import { type Canaries, canaryRead } from './canary-read.ts';
import { credentialStuffing } from './credential-stuffing.ts';
import type { Detection } from './detection.ts';
import { massDelete } from './mass-delete.ts';
import { massRead, massReveal } from './mass-read.ts';
import { privilegeChange } from './privilege-change.ts';
import { tokenGuessing } from './token-guessing.ts';

/** Every detection that looks at the log. A new one is a file of its own, a row in thresholds.ts, and a line here. */
export function allDetections(canaries: Canaries): Detection[] {
  const attempts = new Attempts();
  return [
    bruteForce(attempts),
    credentialStuffing(attempts),
    tokenGuessing(),
    massRead(),
    massReveal(),
    massDelete(),
    privilegeChange(),
    canaryRead(canaries),
  ];
}
