import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  CheckpointError,
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
} from './checkpoint.ts';
import { EMPTY_ROOT } from './merkle.ts';
import { createSigner } from './note.ts';

const root = 'CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=';

describe('checkpoints', () => {
  it('have the body of C2SP tlog-checkpoint', () => {
    const body = `example.com/behind-the-sofa\n20852163\n${root}\n`;
    const checkpoint = parseCheckpoint(body);
    expect(checkpoint).toEqual({
      origin: 'example.com/behind-the-sofa',
      size: 20852163,
      root: Buffer.from(root, 'base64'),
    });
    expect(formatCheckpoint(checkpoint)).toBe(body);
  });

  it('carry their time on one extension line and ignore lines of others', () => {
    const checkpoint = { origin: 'log', size: 0, root: EMPTY_ROOT, time: 1_790_000_000_123 };
    const body = formatCheckpoint(checkpoint);
    expect(body.split('\n').slice(3)).toEqual(['time 1790000000123', '']);
    expect(parseCheckpoint(body)).toEqual(checkpoint);
    expect(parseCheckpoint(body.replace('time', 'other line\ntime'))).toEqual(checkpoint);
  });

  it('open only under the key that signed them', () => {
    const signer = createSigner('log', generateKeyPairSync('ed25519').privateKey);
    const checkpoint = { origin: 'log', size: 7, root: Buffer.from(root, 'base64'), time: 5 };
    const note = signCheckpoint(checkpoint, signer);
    expect(openCheckpoint(note, [signer])).toEqual(checkpoint);
    expect(() => openCheckpoint(note.replace('\n7\n', '\n8\n'), [signer])).toThrow(/not valid/);
  });

  it.each([
    ['a missing line', `log\n1\n`],
    ['no newline at the end', `log\n1\n${root}`],
    ['an empty origin', `\n1\n${root}\n`],
    ['an empty line', `log\n1\n${root}\n\n`],
    ['a leading zero', `log\n01\n${root}\n`],
    ['a sign', `log\n+1\n${root}\n`],
    ['a size beyond 2^53', `log\n9007199254740993\n${root}\n`],
    ['a short root', `log\n1\nAAAA\n`],
    ['stray bits in the root', `log\n1\n${root.replace('2I=', '2J=')}\n`],
    ['two times', `log\n1\n${root}\ntime 1\ntime 2\n`],
    ['a time that is none', `log\n1\n${root}\ntime now\n`],
  ])('are refused with %s', (_, body) => {
    expect(() => parseCheckpoint(body)).toThrow(CheckpointError);
  });

  it('cannot be formatted from parts that would frame another checkpoint', () => {
    const bytes = Buffer.from(root, 'base64');
    expect(() => formatCheckpoint({ origin: `log\n1\n${root}`, size: 2, root: bytes })).toThrow(
      CheckpointError,
    );
    expect(() => formatCheckpoint({ origin: '', size: 2, root: bytes })).toThrow(CheckpointError);
    expect(() => formatCheckpoint({ origin: 'log', size: -1, root: bytes })).toThrow(CheckpointError);
    expect(() => formatCheckpoint({ origin: 'log', size: 1, root: bytes.subarray(1) })).toThrow(
      CheckpointError,
    );
  });
});
