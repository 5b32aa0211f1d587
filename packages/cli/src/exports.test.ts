import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { operatorOf, problem, run } from './testing/run.ts';

const folder = mkdtempSync(join(tmpdir(), 'memhold-cli-'));
const file = join(folder, 'audit.jsonl');
afterAll(() => rmSync(folder, { recursive: true }));

/** The order in which the service was used. */
function service(recorded: object = { status: 201 }) {
  const order: unknown[] = [];
  const operator = operatorOf({
    'POST /audit/exports': (body) => {
      order.push(['recorded', body]);
      return recorded;
    },
  });
  const exportAudit = async (_config: object, out: unknown, options: { format: string; since?: number }) => {
    order.push(['read', out, options.format, options.since === undefined]);
    return options.format === 'native' ? { size: 3, key: 'PUB', invalid: 0 } : { size: 2, invalid: 1 };
  };
  const bundleAudit = async (_config: object, out: unknown, { formats }: { formats: string[] }) => {
    order.push(['bundled', out, formats]);
    return { size: 3, key: 'PUB', files: ['audit.jsonl'], invalid: 0 };
  };
  return { order, operator, server: { ...operator, exportAudit, bundleAudit } };
}

describe('an export from the data folder', () => {
  it('is recorded before it is read, and the door is closed again', async () => {
    const { order, operator, server } = service();
    const { code, out, err } = await run(['audit', 'export', '--out', file, '--json'], { server });
    expect([code, err]).toEqual([0, '']);
    expect(order).toEqual([
      ['recorded', { format: 'native' }],
      ['read', file, 'native', true],
    ]);
    expect(JSON.parse(out)).toEqual({ file, size: 3, key: 'PUB' });
    expect(operator.left()).toBe(0);
  });

  it('of other formats says the filter, and how many events break their schema', async () => {
    const { order, server } = service();
    const argv = ['audit', 'export', '--out', file, '--format', 'ocsf', '--hours', '24', '--json'];
    const { code, out, err } = await run(argv, { server });
    expect(code).toBe(0);
    expect(order).toEqual([
      ['recorded', { format: 'ocsf', hours: 24 }],
      ['read', file, 'ocsf', false],
    ]);
    expect(JSON.parse(out)).toEqual({ file, size: 2, key: null, format: 'ocsf', invalid: 1 });
    expect(err).toContain('1 events break the schema');
  });

  it('goes on where it cannot be recorded, and says so aloud', async () => {
    const full = service(problem(503, 'storage_full', 'The disk is full.'));
    const failing = service();
    const openOperatorAccess = async () => {
      throw Object.assign(new Error('The log was changed\u001b[2J from outside.'), {
        code: 'audit_log_tampered',
      });
    };
    for (const server of [full.server, { ...failing.server, openOperatorAccess }]) {
      const { code, out, err } = await run(['audit', 'export', '--out', file], { server });
      expect([code, out]).toEqual([0, expect.stringContaining('Exported 3 events')]);
      expect(err).toMatch(
        /^memhold: this export is NOT in the audit log: The (?:disk is full|log was changed \[2J)/,
      );
    }
    expect(full.operator.left()).toBe(0);
  });

  it.each([
    [['--hours', '5'], 'only the whole log can be proven'],
    [['--format', 'csv', '--hours', '0'], 'whole number from 1 to 87600'],
    [['--format', 'csv', '--hours', '87601'], 'whole number from 1 to 87600'],
    [['--format', 'xml'], 'Allowed choices are native, ocsf, ecs, csv'],
    [['--token', 'x'], '--token is for a server'],
  ])('refuses %j before anything is done', async (flags, words) => {
    const { order, server } = service();
    const { code, err } = await run(['audit', 'export', '--out', file, ...flags], { server });
    expect([code, order]).toEqual([2, []]);
    expect(err).toContain(words);
  });
});

describe('a bundle', () => {
  it('is recorded before it is made', async () => {
    const { order, server } = service();
    const { code, out } = await run(['audit', 'bundle', '--out', 'a.tar', '--format', 'csv,ocsf'], {
      server,
    });
    expect(code).toBe(0);
    expect(order).toEqual([
      ['recorded', { format: 'bundle' }],
      ['bundled', 'a.tar', ['csv', 'ocsf']],
    ]);
    expect(out).toContain('Bundled 3 events to a.tar: audit.jsonl\nPublic key: PUB');
  });

  it.each(['native', 'csv,csv', 'csv,', ''])('refuses the formats %j', async (formats) => {
    const { order, server } = service();
    const { code } = await run(['audit', 'bundle', '--out', 'a.tar', '--format', formats], { server });
    expect([code, order]).toEqual([2, []]);
  });
});

describe('an export of a server at an address', () => {
  const HEADER = `${JSON.stringify({ format: 'memhold-audit', size: 7, key: 'log+1+AA' })}\n`;
  let answer: (path: string, response: ServerResponse) => void;
  let url: string;
  let server: ReturnType<typeof createServer>;
  beforeEach(async () => {
    server = createServer((request, response) => answer(request.url!, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const take = (...flags: string[]) =>
    run(['audit', 'export', '--out', file, '--json', '--url', url, '--token', 'T', ...flags]);

  it('is written as it comes, for the eyes of its owner', async () => {
    answer = (_, response) => {
      response.write(HEADER.slice(0, 20));
      setImmediate(() => response.end(`${HEADER.slice(20)}rest\n`));
    };
    const { code, out, calls } = await take();
    expect([code, calls]).toEqual([0, []]);
    expect(JSON.parse(out)).toEqual({ file, size: 7, key: 'log+1+AA' });
    expect(readFileSync(file, 'utf8')).toBe(`${HEADER}rest\n`);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('counts the events of other formats', async () => {
    const asked: string[] = [];
    answer = (path, response) => {
      asked.push(path);
      response.end('id,…\r\n"1"\r\n"2"\r\n');
    };
    const { out } = await take('--format', 'csv', '--hours', '3');
    expect(JSON.parse(out)).toMatchObject({ size: 2, key: null, format: 'csv' });
    expect(asked).toEqual(['/audit/export?format=csv&hours=3']);
  });

  it('that breaks off is no export', async () => {
    answer = (_, response) => {
      response.write(HEADER);
      setImmediate(() => response.destroy());
    };
    const { code, err } = await take();
    expect(code).toBe(1);
    expect(err).toContain('broke off in the middle');
  });

  it('that is refused says why, and leaves the file alone', async () => {
    rmSync(file, { force: true });
    answer = (_, response) =>
      void response.writeHead(403).end(JSON.stringify({ code: 'step_up_required', detail: 'x' }));
    const { code, err } = await take();
    expect(code).toBe(1);
    expect(err).toContain('older than ten minutes');
    expect(() => statSync(file)).toThrow('ENOENT');
  });

  it('that is something else is told as that', async () => {
    answer = (_, response) => void response.end('<html>\n');
    const { code, err } = await take();
    expect([code, err]).toEqual([
      1,
      'memhold: the answer is no export of an audit log — is this a memhold server?',
    ]);
  });
});
