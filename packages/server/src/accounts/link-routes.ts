import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parse, text } from '../http/input.ts';
import { AccountError } from './errors.ts';
import { linkPages } from './link-pages.ts';

const pagePath = z.strictObject({ page: text({ max: 1024 }) });

export function linkRoutes(app: FastifyInstance): void {
  /** → 200, the HTML page that a mailed link opens. It is the same for everybody: the token is not in the request. */
  app.get('/auth/links/:page', { config: { access: 'public' } }, async (request, reply) => {
    const page = linkPages.get(parse(pagePath, request.params).page);
    if (!page)
      throw new AccountError('not_found', 'There is no such page: open the whole link from the mail.');
    return reply
      .headers({
        'content-security-policy': page.contentSecurityPolicy,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      })
      .type('text/html; charset=utf-8')
      .send(page.html);
  });
}
