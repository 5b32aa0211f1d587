import { describe, expect, it } from 'vitest';
import { statement } from './statement.ts';

const byName = statement((db, p: { name: string; at: number }) =>
  db
    .selectFrom('secrets')
    .select('sealed')
    .where('name', '=', p.name)
    .where('created_at', '>', p.at)
    .where('sealed', 'is not', null)
    .limit(3),
);

describe('a statement', () => {
  it('binds values to the places where they were named, constants staying where they are', () => {
    const { sql, parameters } = byName.bind({ at: 5, name: 'x' });
    expect(sql).toBe(
      'select "sealed" from "secrets" where "name" = ? and "created_at" > ? and "sealed" is not null limit ?',
    );
    expect(parameters).toEqual(['x', 5, 3]);
  });

  it('compiles to the placeholders of each dialect', () => {
    expect(byName.bind({ at: 5, name: 'x' }, 'postgres').sql).toContain('"name" = $1 and "created_at" > $2');
  });

  it('never puts a value into the text of the query', () => {
    const { sql, parameters } = byName.bind({ at: 0, name: `'; drop table secrets --` });
    expect(sql).not.toContain('drop');
    expect(parameters[0]).toBe(`'; drop table secrets --`);
  });
});
