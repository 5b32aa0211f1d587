import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { countRequests } from './http-metrics.ts';
import { Metrics } from './metrics.ts';

async function appWith() {
  const metrics = new Metrics();
  const failed: string[] = [];
  const app = Fastify();
  countRequests(app, metrics, (code) => failed.push(code));
  app.get('/memories/:id', async (request) => {
    if ((request.params as { id: string }).id === 'bad')
      throw Object.assign(new Error('full'), { code: 'storage_full', statusCode: 503 });
    return {};
  });
  const counted = async () =>
    (await metrics.render()).split('\n').filter((line) => line.startsWith('memhold_http_requests_total'));
  return { app, metrics, failed, counted };
}

it('requests are counted by route pattern, method and status: no path is ever a label', async () => {
  const { app, counted, metrics } = await appWith();
  for (let i = 0; i < 50; i++) {
    await app.inject({ url: `/memories/secret-${i}?q=${i}` });
    await app.inject({ url: `/nowhere/secret-${i}`, method: i % 2 ? 'GET' : 'PUT' });
  }
  await app.inject({ url: '/memories/bad' });
  expect((await counted()).sort()).toEqual([
    'memhold_http_requests_total{method="GET",route="/memories/:id",status="200"} 50',
    'memhold_http_requests_total{method="GET",route="/memories/:id",status="503"} 1',
    'memhold_http_requests_total{method="any",route="none",status="404"} 50',
  ]);
  const text = await metrics.render();
  expect(text).not.toContain('secret');
  expect(text).toContain('memhold_http_request_seconds_count{method="GET",route="/memories/:id"} 51');
  await app.close();
});

it('the code of every error is told', async () => {
  const { app, failed } = await appWith();
  await app.inject({ url: '/memories/bad' });
  await app.inject({ url: '/memories/good' });
  expect(failed).toEqual(['storage_full']);
  await app.close();
});
