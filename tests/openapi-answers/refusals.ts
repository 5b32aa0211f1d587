import { type Answer, type Api, bearer } from '../api.ts';
import { address } from '../attacks/clients.ts';
import { ROWS } from '../attacks/rights.ts';
import type { Stage } from './stage.ts';

const NOWHERE = '01890000-0000-7000-8000-000000000000';
/** These end the session of the walk. */
const LAST = ['POST /auth/logout', 'POST /auth/logout-all'];

/**
 * Every operation of the document, asked in all the ways that are refused: by nobody, by a program that may do next to
 * nothing, and by an administrator who names what is not there, or sends what nobody understands.
 * @returns operations that are for people only, as the document has it, and did not refuse the program
 */
export async function refusals(stage: Stage): Promise<string[]> {
  const { admin, contract } = stage;
  let calls = 0;
  /** Each time from another network: one that is refused for long is not heard any more. */
  const asking = (credential: Record<string, string>): Api => {
    const api = stage.asking(credential);
    return (method, path, body, headers) =>
      api(method, path, body, { ...headers, 'x-forwarded-for': address(calls++) });
  };
  const nobody = asking({});
  const { key } = await admin.call('POST /api-keys', { name: 'x', permissions: ['memories:write'] }, 201);
  const program = asking({ 'x-api-key': key });
  await stage.register('judge');
  const { id } = await stage.enter('judge');
  await admin.call(`PATCH /users/${id}`, { role: 'admin' });
  const judge = asking(bearer((await stage.enter('judge')).token));

  const open: string[] = [];
  const endings = ({ name }: { name: string }) => LAST.indexOf(name);
  for (const { name, method, segments, operation } of contract.operations.toSorted(
    (a, b) => endings(a) - endings(b),
  )) {
    const path = segments.map((part) => (part.startsWith('{') ? NOWHERE : part)).join('/');
    const { body } = ROWS[name.replace(/{(\w+)}/g, ':$1')] ?? {};
    const sent = body ?? (operation.requestBody && {});
    const wrong: Promise<Answer>[] = [];
    if (operation.parameters.some((one) => one.in === 'query'))
      wrong.push(judge(method, `${path}?unheard_of=1`));
    if (operation.requestBody)
      wrong.push(
        judge(method, path, { unheard_of: 1 }),
        judge(method, path, '{"unheard_of": '),
        judge(method, path, 'unheard of', { 'content-type': 'text/plain' }),
      );
    const [{ status }] = await Promise.all([
      program(method, path, sent),
      nobody(method, path, sent),
      ...wrong,
    ]);
    const forPeople = operation.security.length > 0 && operation.security.every((one) => 'bearer' in one);
    if (forPeople && status !== 403) open.push(name);
    await judge(method, path, sent);
  }
  return open;
}
