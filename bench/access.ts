// What a credential costs: the same handler without authentication, with an access token and with an API key, by
// turns in one run.   npm run bench:access [-- --quick]
import { cpus } from 'node:os';
import { start } from './child.ts';
import { type Call, drive, type Load } from './load.ts';

const quick = process.argv.includes('--quick');
const ROUNDS = quick ? 3 : 15;
const REQUESTS = quick ? 2000 : 6000;
const CLIENTS = 32;
/** A turn is far shorter than this, so that each credential is looked up again in some of them. */
const BODY = JSON.stringify({ messages: [{ role: 'user', content: 'x'.repeat(200) }], user_id: 'alice' });

function* calls(path: string, count: number): Generator<Call> {
  for (let i = 0; i < count; i++) yield { path, body: BODY };
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

const server = await start('./access-server.ts', [], {});
const [, token, key] = /token (\S+) key (\S+)/.exec(server.output())!;
const turns = [
  { what: 'without authentication', path: '/bench/open', authorization: '' },
  { what: 'access token', path: '/bench/closed', authorization: `Bearer ${token}` },
  { what: 'API key', path: '/bench/closed', authorization: `Bearer ${key}` },
];
const loads: Load[][] = turns.map(() => []);
for (const { path, authorization } of turns)
  await drive(server.url, authorization, CLIENTS, calls(path, REQUESTS));
for (let round = 0; round < ROUNDS; round++)
  for (const [index, { path, authorization }] of turns.entries())
    loads[index]!.push(await drive(server.url, authorization, CLIENTS, calls(path, REQUESTS)));
await server.stop();

console.log(
  `\nNode ${process.version}, ${cpus().length} cores, ${CLIENTS} clients, medians of ${ROUNDS} turns of ${REQUESTS} requests\n`,
);
console.log('| route | per second | p50 ms | p99 ms | cost over the same route |\n|---|---|---|---|---|');
for (const [index, { what }] of turns.entries()) {
  // Turn by turn, beside its neighbour: a shared machine's speed drifts.
  const cost = median(loads[index]!.map((load, i) => loads[0]![i]!.perSecond / load.perSecond - 1));
  const at = (of: keyof Load) => median(loads[index]!.map((load) => load[of]));
  const shown = index === 0 ? '' : `${(100 * cost).toFixed(1)}% (limit 25%)`;
  console.log(
    `| ${what} | ${at('perSecond').toFixed(0)} | ${at('p50').toFixed(2)} | ${at('p99').toFixed(2)} | ${shown} |`,
  );
}
