import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import { localDoor, NotReached, type Reply, remoteDoor } from './door.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});
async function listening(handle: RequestListener): Promise<string> {
  const server = createServer(handle).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const post = (url: string) =>
  remoteDoor(url, 'secret').post({ headers: {}, body: {}, signal: new AbortController().signal });

describe('the door of a server at an address', () => {
  it('an answer without an end is cut off', async () => {
    let sent = 0;
    const over = Promise.withResolvers<void>();
    function* endless() {
      const piece = Buffer.alloc(1024 * 1024, 'x');
      // A limit of the test's own, where there is none.
      for (; sent < 200; sent++) yield piece;
    }
    const url = await listening((_asked, answer) => {
      pipeline(Readable.from(endless()), answer, () => over.resolve());
    });
    const failure = await post(url).then(
      () => undefined,
      (error: Error) => error,
    );
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(NotReached);
    await over.promise;
    expect(sent).toBeLessThan(200);
  });

  it('the token does not follow where an answer leads', async () => {
    const asked: (string | undefined)[] = [];
    const other = await listening((request, answer) => {
      asked.push(request.headers.authorization);
      answer.end('{}');
    });
    const url = await listening((_asked, answer) => void answer.writeHead(307, { location: other }).end());
    expect((await post(url)).status).toBe(307);
    expect(asked).toEqual([]);
  });

  it('an answer that breaks off is not taken for a request that reached nobody', async () => {
    const url = await listening((request) => void request.socket.destroy());
    const failure = await post(url).catch((error: Error) => error);
    expect(failure).toBeInstanceOf(Error);
    expect(failure).not.toBeInstanceOf(NotReached);
  });
});

describe('the door of a data folder', () => {
  const request = () => ({ headers: {}, body: {}, signal: new AbortController().signal });

  /** A folder whose holders come one after the other, each with its own way to answer. */
  async function heldBy(...holders: (() => Promise<Reply>)[]) {
    let opened = 0;
    const openFolderAccess = async () => {
      const post = holders[opened++]!;
      return { via: 'socket' as const, notices: [], post, died: new Promise<Error>(() => undefined), close };
    };
    const door = await localDoor({ openFolderAccess } as never, {} as never, () => undefined);
    return { door, opened: () => opened };
  }
  const close = async () => undefined;
  const answer = { status: 200, body: 'of the next one' };

  it('a holder that broke off is not asked again: it may take one more request and lose that too', async () => {
    const broken = () => Promise.reject(new Error('broken off'));
    const { door, opened } = await heldBy(broken, async () => answer);
    await expect(door.post(request())).rejects.toThrow('broken off');
    expect(await door.post(request())).toEqual(answer);
    expect(opened()).toBe(2);
  });

  it('a request that its host gave up says nothing about the holder', async () => {
    const { door, opened } = await heldBy(async () => Promise.reject(new Error('given up')));
    const signal = AbortSignal.abort();
    await expect(door.post({ ...request(), signal })).rejects.toThrow('given up');
    expect(opened()).toBe(1);
  });
});
