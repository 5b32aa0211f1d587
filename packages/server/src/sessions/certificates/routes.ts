import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { actorOf } from '../../http/app.ts';
import { certificateName } from '../../http/certificate-names.ts';
import { parse, text } from '../../http/input.ts';
import { originOf } from '../../http/origin.ts';
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
    ),
});

export function certificateRoutes(app: FastifyInstance, { certificates }: CertificateRouteDeps) {
  /** `{name}` → 201 `{id, name, created_at}`: client certificates with this name stand for the user. 409 `certificate_taken`. */
  app.post(
    '/users/:id/certificates',
    { config: { access: 'users:manage', stepUp: true } },
    async (request, reply) => {
      const { id } = parse(userPath, request.params);
      const { name } = parse(newName, request.body);
      const actor = actorOf(request, 'users:manage');
      return reply.status(201).send(await certificates.add(actor, id, name, originOf(request)));
    },
  );

  /** → 200 `{certificates: [{id, name, created_at}]}` */
  app.get('/users/:id/certificates', { config: { access: 'users:manage' } }, async (request) => {
    const { id } = parse(userPath, request.params);
    return { certificates: await certificates.list(actorOf(request, 'users:manage'), id) };
  });

  /** → 200 `{message}`: certificates with this name stand for nobody from now on. */
  app.delete(
    '/users/:id/certificates/:name',
    { config: { access: 'users:manage', stepUp: true } },
    async (request) => {
      const { id, name } = parse(namePath, request.params);
      await certificates.remove(actorOf(request, 'users:manage'), id, name, originOf(request));
      return { message: 'Certificate name removed.' };
    },
  );
}
