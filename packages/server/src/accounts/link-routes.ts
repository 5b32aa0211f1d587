import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parse, text } from '../http/input.ts';
import { AccountError } from './errors.ts';
import { linkPages } from './link-pages.ts';

const pagePath = z.strictObject({
  page: text({ max: 1024 }).meta({ examples: [...linkPages.keys()] }),
});

export function linkRoutes(app: FastifyInstance): void {
  const page = {
    summary: 'The page that a mailed link opens',
    details:
      'It is the same for everybody: the token is behind the # of the link and never in this request. The page then ' +
      'sends it where it belongs.',
    params: pagePath,
    answers: { 200: { media: 'text/html' as const, description: 'A page with a form.' } },
    errors: ['not_found'],
  };
  app.get('/auth/links/:page', { config: { access: 'public', describe: page } }, async (request, reply) => {
    const found = linkPages.get(parse(pagePath, request.params).page);
    if (!found)
      throw new AccountError('not_found', 'There is no such page: open the whole link from the mail.');
    return reply
      .headers({
        'content-security-policy': found.contentSecurityPolicy,
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'x-content-type-options': 'nosniff',
      })
      .type('text/html; charset=utf-8')
      .send(found.html);
  });
}
