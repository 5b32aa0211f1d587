import { statement } from '../database/statement.ts';

export const insertNamespace = statement(
  (db, p: { publicId: string; name: Uint8Array; settings: string; at: number }) =>
    db
      .insertInto('namespaces')
      .values({ public_id: p.publicId, name_sealed: p.name, settings: p.settings, created_at: p.at }),
);
