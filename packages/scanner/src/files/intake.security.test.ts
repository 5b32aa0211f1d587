import { describe, expect, it } from 'vitest';
import { scan } from '../scan.ts';
import { makeTokens } from '../testing/tokens.ts';
import { defaultArchiveLimits } from './archive-budget.ts';
import { Intake } from './intake.ts';

const token = makeTokens(77).github();

function take(bytes: Buffer) {
  const intake = new Intake({
    scanner: scan,
    largestText: 10_000_000,
    archiveLimits: defaultArchiveLimits,
    suppressionsAsOf: undefined,
  });
  intake.take({ path: 'a' }, bytes);
  return intake;
}

describe('a text', () => {
  it('of more findings than anybody reads is incomplete, and the gravest are told', () => {
    const mail = `${makeTokens(78).email()}\n`;
    const text = `${mail.repeat(10_000)}k = ${token}\n`;
    const { findings, skips, isComplete, scanned } = take(Buffer.from(text));
    expect([findings.length, isComplete, scanned]).toEqual([10_000, false, 1]);
    expect(findings.get(9_999).finding.ruleId).toBe('github-token');
    expect(skips).toMatchObject([{ reason: 'too-many-findings' }]);
    expect(take(Buffer.from(`k = ${token}\n`.repeat(9_999))).isComplete).toBe(true);
  });

  it.each([
    ['UTF-16, low byte first', 'fffe'],
    ['UTF-16, high byte first', 'feff'],
    ['UTF-32', '0000feff'],
  ])('whose mark says %s, and whose bytes do not, hides nothing', (_name, mark) => {
    for (const end of ['', '\n', '\n\n', '\n\n\n']) {
      const bytes = Buffer.concat([Buffer.from(mark, 'hex'), Buffer.from(`k = ${token}${end}`)]);
      expect(take(bytes).findings.length).toBe(1);
    }
  });

  it('in UTF-32 is read', () => {
    const units = Buffer.alloc(4 * (token.length + 1));
    [...`\ufeff${token}`].forEach((one, i) => void units.writeUInt32LE(one.codePointAt(0)!, 4 * i));
    expect(take(units).findings.length).toBe(1);
  });
});
