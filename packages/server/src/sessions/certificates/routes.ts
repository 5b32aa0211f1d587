import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { actorOf } from '../../http/app.ts';
import { certificateName } from '../../http/certificate-names.ts';
import { message } from '../../http/describe.ts';
import { parse, text } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
import { nameList, storedName } from './answers.ts';
import type { CertificateService } from './service.ts';

export interface CertificateRouteDeps {
  certificates: Pick<CertificateService, 'add' | 'list' | 'remove'>;
}

const publicId = text({ max: 64 });
const userPath = z.strictObject({ id: publicId });
const namePath = z.strictObject({ id: publicId, name: publicId });
const newName = z.strictObject({
  name: text({ max: 1024 })
    .transform((value) => certificateName(value))
    .refine(
      (value) => value !== undefined,
      'must be a subject alternative name: DNS:…, URI:…, email:… or IP:…',
    )
    .meta({ description: 'A subject alternative name: `DNS:…`, `URI:…`, `email:…` or `IP:…`.' }),
});

export function certificateRoutes(app: FastifyInstance, { certificates }: CertificateRouteDeps) {
  const add = {
    summary: 'Let client certificates with a name stand for a user',
    params: userPath,
    body: newName,
    answers: { 201: storedName },
    errors: ['not_found', 'certificate_taken'],
  };
  app.post(
    '/users/:id/certificates',
    { config: { access: 'users:manage', stepUp: true, describe: add } },
    async (request, reply) => {
      const { id } = parse(userPath, request.params);
      const { name } = parse(newName, request.body);
      const actor = actorOf(request, 'users:manage');
      return reply.status(201).send(await certificates.add(actor, id, name, originOf(request)));
    },
  );

  const list = {
    summary: 'List the names of client certificates that stand for a user',
    params: userPath,
    answers: { 200: nameList },
    errors: ['not_found'],
  };
  app.get(
    '/users/:id/certificates',
    { config: { access: 'users:manage', describe: list } },
    async (request) => {
      const { id } = parse(userPath, request.params);
      return { certificates: await certificates.list(actorOf(request, 'users:manage'), id) };
    },
  );

  const remove = {
    summary: 'Let client certificates with a name stand for nobody from now on',
    details: 'The last part of the path is the id of the name.',
    params: namePath,
    answers: { 200: message },
    errors: ['not_found'],
  };
  app.delete(
    '/users/:id/certificates/:name',
    { config: { access: 'users:manage', stepUp: true, describe: remove } },
    async (request) => {
      const { id, name } = parse(namePath, request.params);
      await certificates.remove(actorOf(request, 'users:manage'), id, name, originOf(request));
      return { message: 'Certificate name removed.' };
    },
  );
}
