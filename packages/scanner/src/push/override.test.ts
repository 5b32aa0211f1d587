import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidOverride, type PushScope, parseOverride, reportId } from './override.ts';

const scope: PushScope = {
  destination: { remote: 'origin', url: 'https://git.test/a.git' },
  updates: [
    { localRef: 'HEAD', localId: 'a'.repeat(40), remoteRef: 'refs/heads/main', remoteId: 'b'.repeat(40) },
  ],
  decision: { posture: 'medium', blocking: [], reason: 'Nothing that blocks' },
  earlierOverrides: 0,
};

describe('MEMHOLD_OVERRIDE', () => {
  it('names a report and a reason', () => {
    expect(parseOverride(' push-0123456789abcdef0123: the key is revoked: see #12 ')).toEqual({
      reportId: 'push-0123456789abcdef0123',
      reason: 'the key is revoked: see #12',
    });
  });

  it('asks for nothing where it is empty', () => {
    expect(parseOverride(undefined)).toBeUndefined();
    expect(parseOverride('  ')).toBeUndefined();
  });

  it.each([
    'yes',
    'push-0123456789abcdef0123',
    'push-0123456789abcdef0123:',
    'push-0123456789abcdef0123: short',
    'push-0123456789ABCDEF0123: because I say so',
    'push-0123456789abcdef0123: a reason\nof two lines',
    `push-0123456789abcdef0123: ${'x'.repeat(501)}`,
    'push-0123456789abcdef0123: hidden \u202e text that turns',
  ])('%j is refused, and never quoted', (setting) => {
    expect(() => parseOverride(setting)).toThrow(InvalidOverride);
  });

  it('is read or refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (setting) => {
        try {
          parseOverride(setting);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidOverride);
        }
      }),
    );
  });
});

describe('the id of a report', () => {
  it('is the same for the same push, and another one for anything else', () => {
    const id = reportId(scope);
    expect(reportId({ ...scope })).toBe(id);
    const [update] = scope.updates;
    const others: PushScope[] = [
      { ...scope, earlierOverrides: 1 },
      { ...scope, destination: { remote: 'origin', url: 'https://git.test/b.git' } },
      { ...scope, decision: { ...scope.decision, posture: 'high' } },
      { ...scope, updates: [{ ...update!, localId: 'c'.repeat(40) }] },
      { ...scope, updates: [{ ...update!, remoteId: undefined }] },
      { ...scope, updates: [{ ...update!, remoteRef: 'refs/heads/other' }] },
      { ...scope, updates: [update!, { ...update!, remoteRef: 'refs/heads/other' }] },
    ];
    expect(new Set([id, ...others.map(reportId)]).size).toBe(others.length + 1);
  });

  it('does not depend on the order of the refs', () => {
    const other = { ...scope.updates[0]!, remoteRef: 'refs/heads/other' };
    const both = [...scope.updates, other];
    expect(reportId({ ...scope, updates: both })).toBe(reportId({ ...scope, updates: both.toReversed() }));
  });
});
