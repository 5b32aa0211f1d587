// The limit of the HTTP side: a bare Fastify route that parses the same body and answers as much.
import Fastify from 'fastify';

const app = Fastify({ logger: false });
app.post('/*', async (request) => ({
  id: '00000000-0000-7000-8000-000000000000',
  bytes: JSON.stringify(request.body).length,
}));
console.log(`listening on ${await app.listen({ host: '127.0.0.1', port: 0 })}`);
process.on('SIGTERM', () => process.exit(0));
