import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Identity, identity } from '../sessions/testing/identity.ts';

let id: Identity;
beforeEach(async () => {
  id = await identity();
});
afterEach(() => id.close());

describe('a namespace', () => {
  it('comes with the unit that needs it: its row, with a sealed name, and its event', async () => {
    const { publicId, steps, leaves } = id.namespaces.creation('wonderland', { actor: { kind: 'system' } });
    await id.writer.commit({ steps, leaves });
    const row = id.writer.db.prepare('select * from namespaces').get() as Record<string, unknown>;
    expect(row).toMatchObject({ public_id: publicId });
    expect(JSON.parse(String(row.settings))).toEqual({
      audit_reads: 'durable',
      require_mfa: false,
      require_signatures: false,
    });
    expect((row.name_sealed as Buffer).toString('latin1')).not.toContain('wonderland');
    expect(id.events()).toMatchObject([
      { type: 'namespace.created', namespace: publicId, actor: { kind: 'system' } },
    ]);
  });

  it('is not there when its unit was refused', async () => {
    const { steps, leaves } = id.namespaces.creation('wonderland', { actor: { kind: 'system' } });
    const refusal = { sql: 'select 1 where 0', parameters: [], otherwise: 'refused' };
    await expect(id.writer.commit({ steps: [...steps, refusal], leaves })).rejects.toThrow('refused');
    expect(id.writer.db.prepare('select * from namespaces').all()).toEqual([]);
    expect(id.events()).toEqual([]);
  });
});
