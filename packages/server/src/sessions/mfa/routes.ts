import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Actor } from '../../access/actor.ts';
import { AccessError } from '../../access/errors.ts';
import { message } from '../../http/describe.ts';
import { parse } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { enrolment, mfaStatus, recoveryCodes } from './answers.ts';
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
  // Whoever stole a session could lock its owner out with a factor of their own.
  const fresh = { access: 'authenticated', stepUp: true } as const;

  const status = {
    summary: 'Whether this account has a second factor',
    answers: { 200: mfaStatus },
    errors: ['permission_denied'],
  };
  app.get('/auth/mfa', { config: { access: 'authenticated', describe: status } }, (request) =>
    mfa.status(actorOf(request)),
  );

  const enrol = {
    summary: 'Make the secret of a second factor (TOTP, RFC 6238)',
    details:
      'Shown this once, and not in use before its first code is confirmed. A second call replaces one that was not.',
    answers: { 201: enrolment },
    errors: ['mfa_exists'],
  };
  app.post('/auth/mfa/totp', { config: { ...fresh, describe: enrol } }, async (request, reply) =>
    reply.status(201).send(await mfa.enrol(actorOf(request))),
  );

  const confirm = {
    summary: 'Turn the second factor on with its first code',
    details: 'Sessions stay. 404 before a secret was made.',
    body: confirmation,
    answers: { 200: recoveryCodes },
    errors: ['code_invalid', 'not_found', 'mfa_exists', 'too_many_attempts'],
  };
  app.post('/auth/mfa/totp/confirm', { config: { ...fresh, describe: confirm } }, (request) => {
    const { code } = parse(confirmation, request.body);
    return mfa.confirm(actorOf(request), code, originOf(request));
  });

  const errors = [
    'permission_denied',
    'invalid_credentials',
    'code_invalid',
    'not_found',
    'too_many_attempts',
    'hashing_busy',
  ];
  const disable = {
    summary: 'Turn the second factor off',
    details: 'Takes the password and a code, however fresh the session. 404 without a second factor.',
    body: proofAgain,
    answers: { 200: message },
    errors,
  };
  // Not DELETE: some proxies drop the body of one.
  app.post(
    '/auth/mfa/disable',
    { config: { access: 'authenticated', describe: disable } },
    async (request) => {
      const input = parse(proofAgain, request.body);
      await mfa.disable(actorOf(request), input, originOf(request));
      return { message: 'The second factor is off.' };
    },
  );

  const renew = {
    summary: 'Make ten new recovery codes; those before are void',
    details: 'Takes the password and a code, however fresh the session. 404 without a second factor.',
    body: proofAgain,
    answers: { 200: recoveryCodes },
    errors,
  };
  app.post(
    '/auth/mfa/recovery-codes',
    { config: { access: 'authenticated', describe: renew } },
    (request) => {
      const input = parse(proofAgain, request.body);
      return mfa.renewCodes(actorOf(request), input, originOf(request));
    },
  );
}
