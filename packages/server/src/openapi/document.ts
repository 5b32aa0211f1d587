import { KEY_PERMISSIONS } from '../access/permissions.ts';
import { type Access, STEP_UP_MS } from '../http/app.ts';
import type { Content, RouteDescription } from '../http/describe.ts';
import { statusOf, titleOf } from '../http/problem.ts';
import { Components, type JsonSchema } from './json-schema.ts';
import { problem } from './problem-schema.ts';
import { tagOf, tags } from './tags.ts';

/** A route as it was registered. */
export interface DescribedRoute {
  method: string;
  url: string;
  access: Access;
  stepUp?: true | undefined;
  limit?: string | undefined;
  describe: RouteDescription;
}

interface Response {
  description: string;
  content?: Record<string, { schema: JsonSchema }>;
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security: Record<string, string[]>[];
  'x-permission': Access;
  parameters: JsonSchema[];
  requestBody?: { required: boolean; content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, Response>;
}

/** An OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.1). */
export interface OpenApiDocument {
  openapi: '3.1.1';
  info: {
    title: string;
    version: string;
    description: string;
    license: { name: string; identifier: string };
  };
  servers: { url: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema>; securitySchemes: Record<string, JsonSchema> };
}

const DESCRIPTION = `The memory of AI agents, kept in a stronghold. JSON in UTF-8; unknown fields are refused; times are
ISO 8601 in UTC. Errors are problem documents (RFC 9457) with a stable \`code\`.`;

const SECURITY_SCHEMES: Record<string, JsonSchema> = {
  bearer: { type: 'http', scheme: 'bearer', description: 'An access token of a login, or an API key.' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key.' },
  clientCertificate: { type: 'mutualTLS', description: 'A client certificate that an account holds.' },
};

/** Builds the document from what each route says of itself. */
export function openApiDocument(routes: readonly DescribedRoute[], version: string): OpenApiDocument {
  const components = new Components();
  const paths: OpenApiDocument['paths'] = {};
  for (const route of [...routes].sort(byChapter)) {
    const path = route.url.replace(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][route.method.toLowerCase()] = operationOf(route, path, components);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Memhold',
      version,
      description: DESCRIPTION.replaceAll('\n', ' '),
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags,
    paths,
    components: { schemas: components.schemas, securitySchemes: SECURITY_SCHEMES },
  };
}

const chapter = ({ url }: DescribedRoute) => tags.findIndex(({ name }) => name === tagOf(url));
const byChapter = (a: DescribedRoute, b: DescribedRoute) => chapter(a) - chapter(b);

function operationOf(route: DescribedRoute, path: string, components: Components): Operation {
  const { access, describe } = route;
  return {
    operationId: operationId(route.method, path),
    tags: [tagOf(route.url)],
    summary: describe.summary,
    description: [describe.details, needs(route)].filter(Boolean).join(' '),
    security: access === 'public' ? [] : securityOf(route),
    'x-permission': access,
    parameters: parametersOf(route, components),
    ...(describe.body && {
      requestBody: {
        required: !describe.body.safeParse({}).success,
        content: json(components.of(describe.body, 'input')),
      },
    }),
    responses: responsesOf(route, components),
  };
}

/** `GET /memories/{id}/history` → `getMemoriesByIdHistory`. */
export function operationId(method: string, path: string): string {
  const words = path.replaceAll('{', 'by-').match(/[A-Za-z0-9]+/g) ?? ['root'];
  return method.toLowerCase() + words.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
}

function needs({ access, stepUp }: DescribedRoute): string {
  if (access === 'public') return '';
  const right = access === 'authenticated' ? 'a login' : `the permission \`${access}\``;
  const fresh = `, with the password shown in the last ${STEP_UP_MS / 60_000} minutes`;
  const loginOnly = isForPeople({ access, stepUp }) ? ' Neither a key nor a certificate will do.' : '';
  return `Needs ${right}${stepUp ? fresh : ''}.${loginOnly}`;
}

/** Whether only a login can have the right: keys and certificates are given those of `KEY_PERMISSIONS` alone. */
function isForPeople({ access, stepUp }: Pick<DescribedRoute, 'access' | 'stepUp'>): boolean {
  return stepUp === true || !KEY_PERMISSIONS.some((permission) => permission === access);
}

function securityOf(route: DescribedRoute): Record<string, string[]>[] {
  const schemes = isForPeople(route) ? ['bearer'] : Object.keys(SECURITY_SCHEMES);
  return schemes.map((name) => ({ [name]: [] }));
}

function parametersOf({ url, describe }: DescribedRoute, components: Components): JsonSchema[] {
  const pathNames = [...url.matchAll(/:(\w+)/g)].map(([, name]) => name!);
  const path = describe.params ? propertiesOf(describe.params, components) : {};
  const query = describe.query ? propertiesOf(describe.query, components) : {};
  const headers = Object.entries(describe.headers ?? {});
  return [
    ...pathNames.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: path[name]?.schema ?? { type: 'string' },
    })),
    ...Object.entries(query).map(([name, { schema, required }]) => ({ name, in: 'query', required, schema })),
    ...headers.map(([name, description]) => ({
      name,
      in: 'header',
      required: false,
      description,
      schema: { type: 'string' },
    })),
  ];
}

type Properties = Record<string, { schema: JsonSchema; required: boolean }>;

function propertiesOf(schema: NonNullable<RouteDescription['query']>, components: Components): Properties {
  const { properties = {}, required = [] } = components.of(schema, 'input') as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.fromEntries(
    Object.entries(properties).map(([name, part]) => [
      name,
      { schema: part, required: required.includes(name) },
    ]),
  );
}

const json = (schema: JsonSchema, media = 'application/json') => ({ [media]: { schema } });

function responsesOf(route: DescribedRoute, components: Components): Operation['responses'] {
  const responses: Operation['responses'] = {};
  for (const [status, answer] of Object.entries(route.describe.answers))
    responses[status] = responseOf(Number(status), answer === null ? [] : [answer].flat(), components);
  const codes = Map.groupBy(errorsOf(route), (code) => statusOf(code) ?? 500);
  for (const [status, names] of [...codes].sort(([a], [b]) => a - b))
    responses[status] ??= {
      description: `${titleOf(status)}: ${names.map((code) => `\`${code}\``).join(', ')}`,
      content: json(components.of(problem, 'output'), 'application/problem+json'),
    };
  return responses;
}

function responseOf(status: number, contents: readonly Content[], components: Components): Response {
  if (contents.length === 0) return { description: 'No body.' };
  const said = contents.flatMap((content) => ('media' in content ? content.description : []));
  return {
    description: said.join(' ') || (status < 300 ? 'Done.' : titleOf(status)),
    content: Object.assign({}, ...contents.map((content) => contentOf(content, components))),
  };
}

function contentOf(content: Content, components: Components): NonNullable<Response['content']> {
  if (!('media' in content)) return json(components.of(content, 'output'));
  const { schema, media } = content;
  return json(schema ? components.of(schema, 'output') : { type: 'string' }, media);
}

/** What a credential may answer anywhere: there is none, it may not do this, or its account has something to do first. */
const CREDENTIAL_ERRORS = [
  'unauthenticated',
  'permission_denied',
  'password_change_required',
  'mfa_enrolment_required',
];

/** Codes that every route of such a kind answers, and its own. */
function errorsOf({ method, access, stepUp, limit, describe }: DescribedRoute): string[] {
  const { params, query, body, errors = [] } = describe;
  return [
    ...new Set([
      ...(params || query || body ? ['invalid_input'] : []),
      ...(body ? ['invalid_json', 'body_too_large', 'unsupported_media_type'] : []),
      ...(access === 'public' ? [] : CREDENTIAL_ERRORS),
      ...(access !== 'public' && method !== 'GET' ? ['stale_authorization'] : []),
      ...(stepUp ? ['step_up_required'] : []),
      ...(limit === undefined ? [] : ['rate_limited']),
      ...errors,
    ]),
  ];
}
