import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../testing/run.ts';

const ID = '01a1ff99-4afa-72cc-9465-db6ac32a2d6f';
const OPEN = {
  id: ID,
  scan_id: 'scan-1',
  project: 'shop',
  commit: null,
  environment: null,
  state: 'may_proceed',
  decision: 'proceed_with_warnings',
  reason: 'Nothing was found',
  counts: { critical: 0, high: 0, medium: 0, low: 0 },
  may_proceed: true,
};
/** What a server that is none answers, and under which token. */
const ANSWERS: Record<string, string> = {
  service: JSON.stringify(OPEN),
  'page-of-a-proxy': '<html>Please log in</html>',
  nothing: '',
  null: 'null',
  list: '[]',
  'words-for-yes': JSON.stringify({ ...OPEN, may_proceed: 'false' }),
  'bare-yes': '{"may_proceed":true}',
  'yes-that-its-state-denies': JSON.stringify({ ...OPEN, state: 'blocked' }),
  'state-that-there-is-not': JSON.stringify({ ...OPEN, state: 'toString' }),
  'another-report': JSON.stringify({ ...OPEN, id: ID.replace('01a1', '02a1') }),
};
let url: string;
let server: ReturnType<typeof createServer>;

beforeEach(async () => {
  server = createServer(({ headers }, response) => {
    response.writeHead(200).end(ANSWERS[headers.authorization!.replace('Bearer ', '')]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const gate = (token: string) =>
  run(['gate', '--scan', ID, '--json', '--url', url], {
    env: { MEMHOLD_TOKEN: token },
    stop: new Promise(() => undefined),
  });

describe('a gate', () => {
  it('opens for what its service says', async () => {
    expect(await gate('service')).toMatchObject({ code: 0, out: ANSWERS.service });
  });

  it('stays shut for any other answer of 200', async () => {
    const others = Object.keys(ANSWERS).filter((one) => one !== 'service');
    // At once: each tries again for a while.
    const told = await Promise.all(others.map(gate));
    expect(told.map(({ code, out }) => [code, JSON.parse(out).may_proceed])).toEqual(
      others.map(() => [2, false]),
    );
    for (const { err } of told)
      expect(err).toContain('nobody could tell whether the deployment may go on, so it may not');
  });
});
