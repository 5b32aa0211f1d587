import { createSocket } from 'node:dgram';
import type * as Dns from 'node:dns/promises';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addressesOf } from './resolve.ts';

const { lookup, port } = vi.hoisted(() => ({ lookup: vi.fn(), port: { value: 0 } }));
vi.mock('node:dns/promises', async (original) => {
  const real = await original<typeof Dns>();
  class Resolver extends real.Resolver {
    constructor(options?: ConstructorParameters<typeof real.Resolver>[0]) {
      super(options);
      this.setServers([`127.0.0.1:${port.value}`]);
    }
  }
  return { ...real, lookup, Resolver };
});

const nameServer = createSocket('udp4');
/** IPv4 addresses of each name, in the order of their first bytes; for all others there is no answer. */
const zone: Record<string, string[]> = {
  'public.example': ['93.184.216.34'],
  'rebound.example': ['93.184.216.34', '127.0.0.1'],
};

beforeAll(async () => {
  nameServer.on('message', (query, { port: from, address }) => {
    const [labels, end] = nameIn(query);
    const known = zone[labels.join('.').toLowerCase()];
    if (!known) return;
    const isA = query.readUInt16BE(end) === 1;
    const records = (isA ? known : []).map((ip) =>
      Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, ...ip.split('.').map(Number)]),
    );
    const header = Buffer.from([query[0]!, query[1]!, 0x81, 0x80, 0, 1, 0, records.length, 0, 0, 0, 0]);
    nameServer.send(Buffer.concat([header, query.subarray(12, end + 4), ...records]), from, address);
  });
  nameServer.bind(0, '127.0.0.1');
  await once(nameServer, 'listening');
  port.value = nameServer.address().port;
});
afterAll(() => void nameServer.close());
beforeEach(() => void lookup.mockReset());

/** The labels of the name that a query asks for, and where it ends. */
function nameIn(query: Buffer): [string[], number] {
  const labels: string[] = [];
  let at = 12;
  for (let size = query[at++]!; size > 0; size = query[at++]!) {
    labels.push(query.toString('latin1', at, at + size));
    at += size;
  }
  return [labels, at];
}

describe('a host that anybody may have named', () => {
  it('is asked for at the name servers', async () => {
    expect(await addressesOf('public.example', 'public')).toEqual([{ address: '93.184.216.34', family: 4 }]);
  });

  it('is refused where one of its addresses is not public', async () => {
    await expect(addressesOf('rebound.example', 'public')).rejects.toMatchObject({
      code: 'outbound_address_refused',
    });
  });

  it('takes none of the threads that find all other hosts, also when its name server is silent', async () => {
    const silent = Array.from({ length: 20 }, (_, i) => addressesOf(`h${i}.silent.example`, 'public'));
    for (const one of await Promise.allSettled(silent))
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'outbound_unresolved' } });
    expect(lookup).not.toHaveBeenCalled();
  });
});

it('a host of the settings is found as all programs of the machine find it', async () => {
  lookup.mockResolvedValue([{ address: '10.0.0.7', family: 4 }]);
  expect(await addressesOf('siem.local', 'operator')).toEqual([{ address: '10.0.0.7', family: 4 }]);
});
