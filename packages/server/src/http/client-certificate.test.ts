import { once } from 'node:events';
import { type ClientRequest, createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { Agent, createServer as createTlsServer, request } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type ClientCertificate,
  type ClientCertificateOptions,
  clientCertificateOf,
} from './client-certificate.ts';
import {
  authority,
  CLIENT_AUTH,
  SERVER_AUTH,
  selfSigned,
  type TestCertificate,
} from './testing/certificates.ts';
import { trustedAddresses } from './trusted-proxies.ts';

const DAY = 86_400_000;
const AT = Date.now();
const ca = authority({ commonName: 'authority', notAfter: AT + 20 * DAY });
/** The same name, another key. */
const impostor = authority({ commonName: 'authority' });
const server = ca.issue({ names: [['DNS', 'localhost']], usage: [SERVER_AUTH] });
const agent = ca.issue({
  commonName: 'nobody.example.org',
  names: [
    ['DNS', 'Agent.Example.org'],
    ['URI', 'spiffe://example.org/agent'],
  ],
  usage: [CLIENT_AUTH],
  notAfter: AT + 10 * DAY,
});
const REFUSED = { kind: 'refused', reason: 'certificate' };
const accepted = ({ certificate }: TestCertificate) => ({
  kind: 'certificate',
  names: ['DNS:agent.example.org', 'URI:spiffe://example.org/agent'],
  fingerprint: certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
  notAfter: certificate.validToDate.getTime(),
});
/** Of one who may not come in, whichever way it is shown. */
const refused: [string, TestCertificate][] = [
  ['another authority, also of the same name', impostor.issue({ usage: [CLIENT_AUTH] })],
  ['itself', selfSigned()],
  ['an authority, by the name of another', ca.issue({ issuerName: 'elsewhere' })],
  ['an authority, for a certificate that may issue others', ca.issue({ ca: true })],
  ['an authority, which is no client', ca],
  ['an authority, for servers only', ca.issue({ usage: [SERVER_AUTH] })],
  ['an authority, for any use but this', ca.issue({ usage: ['2.5.29.37.0'] })],
  ['an authority, until yesterday', ca.issue({ notBefore: AT - 9 * DAY, notAfter: AT - DAY })],
  ['an authority, from tomorrow on', ca.issue({ notBefore: AT + DAY })],
  ['an authority, with a name that reads as two', ca.issue({ names: [['DNS', 'a.example, DNS:b.example']] })],
];

let options: ClientCertificateOptions;
let seen: ClientCertificate;
let at: number;
const trusted = (range: string) => {
  const isTrusted = trustedAddresses([range]);
  return ({ raw }: { raw: IncomingMessage }) => isTrusted(raw.socket.remoteAddress);
};
beforeEach(() => {
  at = AT;
  options = {
    ca: [authority().certificate, ca.certificate],
    fromTrustedProxy: trusted('10.0.0.0/8'),
    now: () => at,
  };
});
const answer: RequestListener = (raw, reply) => {
  seen = clientCertificateOf({ raw }, options);
  reply.end();
};
async function listening(one: Server): Promise<number> {
  one.listen(0, '127.0.0.1');
  await once(one, 'listening');
  return (one.address() as AddressInfo).port;
}
async function finished(sent: ClientRequest): Promise<void> {
  const [reply] = await once(sent, 'response');
  await once((reply as IncomingMessage).resume(), 'end');
}

describe('a certificate shown in the TLS handshake', () => {
  const tls = createTlsServer(
    { cert: server.cert, key: server.key, ca: ca.cert, requestCert: true, rejectUnauthorized: false },
    answer,
  );
  let port: number;
  beforeAll(async () => {
    port = await listening(tls);
  });
  afterAll(() => tls.close());

  const agents: Agent[] = [];
  afterEach(() => {
    for (const one of agents.splice(0)) one.destroy();
  });
  function agentOf(shown?: TestCertificate, keepAlive = false): Agent {
    const credentials = shown && { cert: shown.cert, key: shown.key };
    const made = new Agent({ ...credentials, ca: ca.cert, servername: 'localhost', keepAlive });
    agents.push(made);
    return made;
  }
  async function show(by: Agent, headers: Record<string, string> = {}): Promise<TLSSocket> {
    const sent = request({ port, host: '127.0.0.1', agent: by, headers }).end();
    await finished(sent);
    return sent.socket as TLSSocket;
  }

  it('names its holder by the alternative names, never by the common name', async () => {
    await show(agentOf(agent));
    expect(seen).toEqual(accepted(agent));
  });

  it('is none when none was shown', async () => {
    await show(agentOf());
    expect(seen).toEqual({ kind: 'none' });
  });

  it.each(refused)('is refused when it was issued by %s', async (_, shown) => {
    await show(agentOf(shown));
    expect(seen).toEqual(REFUSED);
  });

  it('ends within a connection that outlives it', async () => {
    const by = agentOf(agent, true);
    const socket = await show(by);
    at = agent.certificate.validToDate.getTime();
    await show(by);
    expect(seen).toEqual(accepted(agent));
    at++;
    expect(await show(by)).toBe(socket);
    expect(seen).toEqual(REFUSED);
  });

  it('ends with its authority, also within a connection that stands', async () => {
    const by = agentOf(agent, true);
    const socket = await show(by);
    options = { ...options, ca: [...options.ca] };
    await show(by);
    expect(seen).toEqual(accepted(agent));
    options = { ...options, ca: [impostor.certificate] };
    expect(await show(by)).toBe(socket);
    expect(seen).toEqual(REFUSED);
  });

  it('does not count where its authority was taken away between the handshake and the first request', async () => {
    options = { ...options, ca: [impostor.certificate] };
    await show(agentOf(agent));
    expect(seen).toEqual(REFUSED);
  });

  it('is the same in a resumed session', async () => {
    for (const [shown, expected] of [
      [agent, accepted(agent)],
      [refused[0]![1], REFUSED],
    ] as const) {
      const by = agentOf(shown);
      expect((await show(by)).isSessionReused()).toBe(false);
      expect((await show(by)).isSessionReused()).toBe(true);
      expect(seen).toEqual(expected);
    }
  });

  it('is not replaced by a header that anybody may send', async () => {
    options = { ...options, header: 'Client-Cert' };
    await show(agentOf(), { 'client-cert': `:${agent.certificate.raw.toString('base64')}:` });
    expect(seen).toEqual({ kind: 'none' });
  });

  it('of a proxy is never taken for the one of its clients', async () => {
    options = { ...options, header: 'Client-Cert', fromTrustedProxy: trusted('loopback') };
    await show(agentOf(agent));
    expect(seen).toEqual({ kind: 'none' });
  });
});

describe('a certificate that a proxy hands on', () => {
  const plain = createServer({ maxHeaderSize: 65_536 }, answer);
  let url: string;
  beforeAll(async () => {
    url = `http://127.0.0.1:${await listening(plain)}`;
  });
  afterAll(() => plain.close());
  beforeEach(() => {
    options = { ...options, header: 'Client-Cert', fromTrustedProxy: trusted('loopback') };
  });

  const base64 = ({ certificate }: TestCertificate) => certificate.raw.toString('base64');
  const rfc9440 = (shown: TestCertificate) => `:${base64(shown)}:`;
  const handOn = async (value: string, name = 'client-cert') => {
    await fetch(url, { headers: { [name]: value } });
    return seen;
  };

  it('counts as RFC 9440 writes it, and as nginx does', async () => {
    expect(await handOn(rfc9440(agent))).toEqual(accepted(agent));
    expect(await handOn(encodeURIComponent(agent.cert))).toEqual(accepted(agent));
    expect(await handOn(encodeURIComponent(agent.cert.trim()))).toEqual(accepted(agent));
  });

  it('counts from trusted proxies only, and in the configured header only', async () => {
    options = { ...options, fromTrustedProxy: trusted('10.0.0.0/8') };
    expect(await handOn(rfc9440(agent))).toEqual({ kind: 'none' });
    await fetch(url, { headers: { 'client-cert': rfc9440(agent), 'x-forwarded-for': '10.0.0.1' } });
    expect(seen).toEqual({ kind: 'none' });
    options = { ...options, fromTrustedProxy: trusted('loopback') };
    expect(await handOn(rfc9440(agent), 'x-client-cert')).toEqual({ kind: 'none' });
    options = { ...options, header: undefined };
    expect(await handOn(rfc9440(agent))).toEqual({ kind: 'none' });
  });

  it('is none when the proxy saw none', async () => {
    expect(await handOn('')).toEqual({ kind: 'none' });
  });

  it.each(refused)('is refused when it was issued by %s', async (_, shown) => {
    expect(await handOn(rfc9440(shown))).toEqual(REFUSED);
    expect(await handOn(encodeURIComponent(shown.cert))).toEqual(REFUSED);
  });

  it('is refused when its signature does not hold', async () => {
    const forged = Buffer.from(agent.certificate.raw);
    forged[forged.length - 1]! ^= 1;
    expect(await handOn(`:${forged.toString('base64')}:`)).toEqual(REFUSED);
  });

  it('is refused when it is not exactly one certificate', async () => {
    const der = agent.certificate.raw;
    const bytes = (content: Uint8Array | string) =>
      `:${Buffer.from(content as Uint8Array).toString('base64')}:`;
    for (const wrong of [
      base64(agent),
      `:${base64(agent)}`,
      `${rfc9440(agent)}, ${rfc9440(agent)}`,
      bytes(Buffer.concat([der, Buffer.from('x')])),
      bytes(der.subarray(0, -1)),
      bytes(agent.cert),
      bytes(''),
      '-',
      '%',
      '::',
      encodeURIComponent(agent.cert + agent.cert),
      encodeURIComponent(agent.cert + ca.cert),
      encodeURIComponent(`${agent.cert}${agent.key}`),
      encodeURIComponent(agent.key),
      `:${'A'.repeat(20_000)}:`,
      // Would be read, but for its length.
      encodeURIComponent(agent.cert.replace('\n', '\n'.repeat(6000))),
    ])
      expect(await handOn(wrong), wrong.slice(0, 80)).toEqual(REFUSED);
  });

  it('is refused when there are two, though both were good', async () => {
    const sent = await new Promise<number>((resolve) => {
      const { port } = new URL(url);
      const headers = ['client-cert', rfc9440(agent), 'Client-Cert', rfc9440(agent), 'host', 'localhost'];
      import('node:http').then(({ request }) =>
        request({ port, host: '127.0.0.1', headers }, (reply) => resolve(reply.resume().statusCode!)).end(),
      );
    });
    expect([sent, seen]).toEqual([200, REFUSED]);
  });

  it('ends at its time, and with its authority', async () => {
    const long = ca.issue({ names: [['DNS', 'x.example']], notAfter: AT + 300 * DAY });
    const end = ca.certificate.validToDate.getTime();
    at = agent.certificate.validToDate.getTime() + 1;
    expect(await handOn(rfc9440(agent))).toEqual(REFUSED);
    expect(await handOn(rfc9440(long))).toMatchObject({ kind: 'certificate', notAfter: end });
    at = end + 1;
    expect(await handOn(rfc9440(long))).toEqual(REFUSED);
  });

  it('is not believed to an authority that may not issue', async () => {
    const pinned = selfSigned({ commonName: 'pinned', keyUsage: false });
    options = { ...options, ca: [pinned.certificate] };
    expect(await handOn(rfc9440(pinned))).toEqual(REFUSED);
    expect(await handOn(rfc9440(pinned.issue()))).toEqual(REFUSED);
  });
});
