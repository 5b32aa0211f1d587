// Every call of the mem0 wire API, what becomes of it here, and which test drives it. The table of
// docs/compatibility.md is made from this.

export interface Call {
  /** `PUT`, `DELETE` of one path stand together. */
  methods: string[];
  path: string;
  /** What may follow the path. */
  query?: string;
  state: 'works' | 'differs' | '501';
  note: string;
  /** Methods of the npm client that make this call. */
  client: string[];
  /** The file in this folder that drives it. */
  drivenBy: string;
}

const CLIENT = 'mem0-client.test.ts';
const WIRE = 'mem0-wire.test.ts';
const PROJECT = 'mem0-project.test.ts';
const NO_MODEL = 'a profile is written by a model; `POST /v1/summary/` tells of a user in their own words';
const MEMBERS = 'members are managed with a login, in the native routes under `/namespaces`';
const PROJECTS = 'a namespace is the one project; make another with `POST /namespaces`';
const NO_END = 'a project ends with its namespace, and that with the account that owns it';
const ORGANISATIONS = 'a namespace is both organisation and project';

const call = (
  call: string,
  state: Call['state'],
  note: string,
  { client = [], drivenBy = CLIENT, query }: { client?: string[]; drivenBy?: string; query?: string } = {},
): Call => {
  const [methods, path] = call.split(' ') as [string, string];
  return { methods: methods.split(','), path, state, note, client, drivenBy, ...(query && { query }) };
};

export const CALLS: readonly Call[] = [
  call(
    'GET /v1/ping/',
    'works',
    "`org_id` and `project_id` are the namespace's id; `user_email` is `<key id>@memhold.invalid`, never an identity",
    { client: ['ping'] },
  ),
  call(
    'POST /v3/memories/add/',
    'differs',
    'always done when answered: `status: "SUCCEEDED"` with `event_id` and `results`, never `PENDING`. `infer: true` stores as `infer: false` does and says so in `message`. System messages are left out; of message parts only text counts',
    { client: ['add'] },
  ),
  call(
    'POST /v3/memories/search/',
    'works',
    'needs an entity id, in `filters` or beside it. `fields` leaves those fields and the id. `rerank`, `keyword_search`, `latest_only`, `reference_date`, `source`, `output_format` have no effect',
    { client: ['search'] },
  ),
  call('POST /v3/memories/', 'works', '`latest_only` has no effect: no memory supersedes another', {
    client: ['getAll'],
    query: '?page&page_size',
  }),
  call('GET /v1/memories/{id}/', 'works', 'an expired memory still answers, until the daily policy ends it', {
    client: ['get'],
  }),
  call('PUT /v1/memories/{id}/', 'works', 'the answer also has `screening`', { client: ['update'] }),
  call(
    'DELETE /v1/memories/{id}/',
    'differs',
    'erases the texts of the history too. There are no linked memories: with `delete_linked` the answer says `cascade_count: 0`',
    { client: ['delete'] },
  ),
  call(
    'DELETE /v1/memories/',
    'differs',
    'done when answered, not queued. Without a scope it is a 400, and so is anything beside the four ids that would narrow it',
    { client: ['deleteAll'], query: '?user_id=…' },
  ),
  call(
    'GET /v1/memories/{id}/history/',
    'differs',
    'after a deletion the texts are null; `input` is always null',
    {
      client: ['history'],
    },
  ),
  call('GET /v1/entities/', 'works', 'the `id` of an entity is its name; `owner` is the namespace', {
    client: ['users'],
    query: '?page&page_size',
  }),
  call(
    'DELETE /v2/entities/{type}/{name}/',
    'differs',
    'deletes the memories that name the entity. One that has none is a 200 that says so: the client deletes what it listed one after the other, and stops at an error',
    { client: ['deleteUsers'] },
  ),
  call('DELETE /v1/entities/{type}/{name}/', 'differs', 'as above', { client: ['deleteUser'] }),
  call(
    'PUT,DELETE /v1/batch/',
    'works',
    'at most 1000, all or none: one that is not there refuses the whole with 404, one that is named twice with 400. The answer to an update also has `results` with `screening`',
    { client: ['batchUpdate', 'batchDelete'] },
  ),
  call(
    'GET /v1/event/{id}/',
    'works',
    'for seven days; the status is always `SUCCEEDED`. Of an add or a deletion with `event_id`; no texts',
    { drivenBy: WIRE },
  ),
  call('GET /v1/events/', 'works', 'cannot be narrowed: `event_type` and dates are a 400', {
    drivenBy: WIRE,
    query: '?page&page_size',
  }),
  call(
    'POST /v1/feedback/',
    'works',
    'one of a memory, the newest; null takes it back. It steers nothing without a model',
    {
      client: ['feedback'],
      drivenBy: PROJECT,
    },
  ),
  call(
    'POST /v1/exports/',
    'differs',
    "filled without a model: properties of the schema are taken from the memory's fields and metadata by name; `export_instructions` has no effect",
    { client: ['createMemoryExport'], drivenBy: PROJECT },
  ),
  call('POST /v1/exports/get/', 'differs', 'made when it is fetched, with what the fetcher may see then', {
    client: ['getMemoryExport'],
    drivenBy: PROJECT,
  }),
  call(
    'POST /v1/summary/',
    'differs',
    'extracted, not written: the most telling memories, at most 2,000 characters',
    {
      drivenBy: PROJECT,
    },
  ),
  call(
    'GET,PATCH /api/v1/orgs/organizations/{org}/projects/{project}/',
    'differs',
    'kept, but without a model instructions and categories steer nothing: the answer says so in `note`. Both ids are those of the ping; any other is a 404',
    { client: ['getProject', 'updateProject'], drivenBy: PROJECT },
  ),
  call(
    'GET,POST /api/v1/webhooks/projects/{project}/',
    'works',
    'the answer to a new one also has `signing_secret`, shown once',
    {
      client: ['getWebhooks', 'createWebhook'],
      drivenBy: PROJECT,
    },
  ),
  call('PUT,DELETE /api/v1/webhooks/{id}/', 'works', 'answers `{message}`', {
    client: ['updateWebhook', 'deleteWebhook'],
    drivenBy: PROJECT,
  }),
  call('GET /v2/entities/user/{id}/profile/', '501', NO_MODEL, { client: ['getProfile'], drivenBy: PROJECT }),
  call('POST /v2/profiles/jobs/', '501', NO_MODEL, {
    client: ['generateProfile', 'sampleProfiles'],
    drivenBy: PROJECT,
  }),
  call('GET /v2/profiles/jobs/{id}/', '501', NO_MODEL, { client: ['getProfileJob'], drivenBy: PROJECT }),
  call('GET,POST /v2/profiles/settings/', '501', NO_MODEL, {
    client: ['getProfileSettings', 'updateProfileSettings'],
    drivenBy: PROJECT,
  }),
  ...['{org}/projects/{project}/members/', '{org}/members/'].map((path) =>
    call(`GET,POST,PUT,DELETE /api/v1/orgs/organizations/${path}`, '501', MEMBERS, { drivenBy: PROJECT }),
  ),
  call('DELETE /api/v1/orgs/organizations/{org}/projects/{project}/', '501', NO_END, { drivenBy: PROJECT }),
  call('GET,POST /api/v1/orgs/organizations/{org}/projects/', '501', PROJECTS, { drivenBy: PROJECT }),
  call('GET,POST /api/v1/orgs/organizations/', '501', ORGANISATIONS, { drivenBy: PROJECT }),
  call('GET,PATCH,DELETE /api/v1/orgs/organizations/{org}/', '501', ORGANISATIONS, { drivenBy: PROJECT }),
  call(
    'POST /v1/memories/',
    'differs',
    'older clients: a bare array, or `results` with `output_format: "v1.1"`; else as the newer add',
    {
      drivenBy: WIRE,
    },
  ),
  call(
    'GET /v1/memories/',
    'differs',
    'older clients: an array of the newest 100, a page with `page` or `page_size`. Narrowed by the ids, `metadata` (JSON), `categories`, `keywords`, `start_date`, `end_date`',
    { drivenBy: WIRE, query: '?user_id=…' },
  ),
  call('POST /v1/memories/search/', 'works', 'older clients: an array; `limit` is understood as `top_k`', {
    drivenBy: WIRE,
  }),
  call('POST /v2/memories/search/', 'works', 'older clients: as above, with `filters`', { drivenBy: WIRE }),
  call('POST /v2/memories/', 'works', 'older clients: an array of the newest 100, or a page', {
    drivenBy: WIRE,
    query: '?page&page_size',
  }),
];

/** The call as the documents write it: `` `PUT`, `DELETE /v1/batch/` ``. */
function cellOf({ methods, path, query = '' }: Call): string {
  return methods
    .map((method, i) => (i < methods.length - 1 ? `\`${method}\`` : `\`${method} ${path}${query}\``))
    .join(', ');
}

/** The table of docs/compatibility.md, in Markdown, without its padding. */
export function table(): string[] {
  const rows = CALLS.map((one) => {
    const client = one.client.map((name) => `\`${name}\``).join(', ');
    return [cellOf(one), one.state, client, one.note, `\`${one.drivenBy}\``];
  });
  const lines = [
    ['call', 'state', 'npm client', 'notes', 'driven by'],
    ['---', '---', '---', '---', '---'],
    ...rows,
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |`);
}

/** A table's line as `table` writes it, however it was padded. */
export const unpadded = (line: string) =>
  line.replace(/ +/g, ' ').replace(/-{3,}/g, '---').replaceAll('| |', '|  |');
