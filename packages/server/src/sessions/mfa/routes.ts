import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Actor } from '../../access/actor.ts';
import { AccessError } from '../../access/errors.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { confirmation, proofAgain } from './schema.ts';
import type { MfaService } from './service.ts';

export interface MfaRouteDeps {
  mfa: Pick<MfaService, 'status' | 'enrol' | 'confirm' | 'disable' | 'renewCodes'>;
}

function actorOf(request: FastifyRequest): Actor {
  if (!request.actor) throw new AccessError('unauthenticated');
  return request.actor;
}

/** There is no way to read a secret again: it is shown once, where it is made. */
export function mfaRoutes(app: FastifyInstance, { mfa }: MfaRouteDeps) {
  const config = { access: 'authenticated' } as const;
  // Whoever stole a session could lock its owner out with a factor of their own.
  const fresh = { ...config, stepUp: true } as const;

  /** → 200 `{enabled, since, recovery_codes_left}`. */
  app.get('/auth/mfa', { config }, (request) => mfa.status(actorOf(request)));

  /** → 201 `{secret, uri, qr_svg}`: not in use before its first code is confirmed. 409 `mfa_exists`. */
  app.post('/auth/mfa/totp', { config: fresh }, async (request, reply) =>
    reply.status(201).send(await mfa.enrol(actorOf(request))),
  );

  /** `{code}` → 200 `{recovery_codes}`: the factor is in use from now on; the codes are shown this once. */
  app.post('/auth/mfa/totp/confirm', { config: fresh }, (request) => {
    const { code } = parse(confirmation, request.body);
    return mfa.confirm(actorOf(request), code, originOf(request));
  });

  /** `{password, code}` → 200 `{message}`. Not DELETE: some proxies drop the body of one. */
  app.post('/auth/mfa/disable', { config }, async (request) => {
    const input = parse(proofAgain, request.body);
    await mfa.disable(actorOf(request), input, originOf(request));
    return { message: 'The second factor is off.' };
  });

  /** `{password, code}` → 200 `{recovery_codes}`: ten new ones, shown this once; those before are void. */
  app.post('/auth/mfa/recovery-codes', { config }, (request) => {
    const input = parse(proofAgain, request.body);
    return mfa.renewCodes(actorOf(request), input, originOf(request));
  });
}
