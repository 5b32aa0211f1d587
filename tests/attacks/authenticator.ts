import { setTimeout as sleep } from 'node:timers/promises';
import { generateSync } from 'otplib';
import type { Api } from '../api.ts';

const PERIOD_MS = 30_000;

/** The time step of RFC 6238 that it is now. */
export const stepNow = () => Math.floor(Date.now() / PERIOD_MS);

/** An authenticator app with one secret, and the recovery codes that came with it. */
export class Authenticator {
  readonly secret: string;
  recovery: string[] = [];
  private last = 0;

  constructor(secret: string) {
    this.secret = secret;
  }

  codeOf(step: number): string {
    return generateSync({ secret: this.secret, epoch: (step * PERIOD_MS) / 1000 });
  }

  /**
   * A code that was not used yet: of this step or the next, because the server takes one step ahead. Twice in 30 s it
   * costs nothing; the third time it waits for the clock.
   */
  async code(): Promise<string> {
    const step = Math.max(this.last + 1, stepNow());
    while (step > stepNow() + 1) await sleep(PERIOD_MS - (Date.now() % PERIOD_MS));
    this.last = step;
    return this.codeOf(step);
  }

  /** Six digits that are no code of any step near now. */
  wrong(): string {
    const near = [-2, -1, 0, 1, 2, 3].map((offset) => this.codeOf(stepNow() + offset));
    for (let number = 123_456; ; number++) if (!near.includes(String(number))) return String(number);
  }
}

/** Turns the second factor of whoever `api` speaks for on. `ahead` confirms it with the next step's code. */
export async function enrolled(api: Api, ahead = false): Promise<Authenticator> {
  const offered = await api('POST', '/auth/mfa/totp');
  if (offered.status !== 201) throw new Error(offered.text);
  const app = new Authenticator(offered.body.secret);
  if (ahead) await app.code();
  const { status, text, body } = await api('POST', '/auth/mfa/totp/confirm', { code: await app.code() });
  if (status !== 200) throw new Error(text);
  app.recovery = body.recovery_codes;
  return app;
}
