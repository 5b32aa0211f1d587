// One handler behind three kinds of access, with the real services of identity on a real database.
import { identity, newUser } from '../packages/server/src/sessions/testing/identity.ts';

const id = await identity();
id.clock.at = Date.now();
setInterval(() => {
  id.clock.at = Date.now();
}, 50).unref();
const handler = async (request: { body: unknown }) => ({
  id: '00000000-0000-7000-8000-000000000000',
  bytes: JSON.stringify(request.body).length,
});
id.app.post('/bench/open', { config: { access: 'public' } }, handler);
id.app.post('/bench/closed', { config: { access: 'memories:write' } }, handler);
const token = await newUser(id, 'alice');
const { body } = await id.call('POST', '/api-keys', { token, body: { name: 'bench' } });
console.log(`token ${token} key ${body.key}`);
console.log(`listening on ${await id.app.listen({ host: '127.0.0.1', port: 0 })}`);
process.on('SIGTERM', () => process.exit(0));
