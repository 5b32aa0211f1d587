// Takes what the audit log is exported with out of a released OCSF schema, so that every event can be checked offline.
//
//   node scripts/vendor-ocsf.mjs SCHEMA.json
//
// SCHEMA.json is what https://schema.ocsf.io/1.6.0/export/schema answers; the Python package ocsf-json-schema 1.2.0 has
// the same file (`pip download --no-deps ocsf-json-schema==1.2.0`, ocsf_json_schema/ocsf/1.6.0.json). OCSF is
// Apache-2.0, Copyright OCSF contributors. Left out: descriptions, attributes of profiles (no event names one), and
// the classes and objects that no event has.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const CLASSES = [
  'event_log_actvity',
  'detection_finding',
  'account_change',
  'authentication',
  'entity_management',
  'group_management',
  'application_lifecycle',
  'api_activity',
  'datastore_activity',
  'application_error',
];
const OBJECTS = [
  'actor',
  'api',
  'databucket',
  'finding_info',
  'group',
  'http_request',
  'http_response',
  'managed_entity',
  'metadata',
  'network_endpoint',
  'object',
  'organization',
  'product',
  'programmatic_credential',
  'resource_details',
  'service',
  'session',
  'url',
  'user',
];

const [source] = process.argv.slice(2);
if (!source) {
  console.error('usage: node scripts/vendor-ocsf.mjs SCHEMA.json');
  process.exit(2);
}
const schema = JSON.parse(readFileSync(source, 'utf8'));

/** `[]` marks an array, `!` a required attribute. */
function attributeOf({ type, object_type, is_array, requirement, enum: values }) {
  const name = `${object_type ?? type}${is_array ? '[]' : ''}${requirement === 'required' ? '!' : ''}`;
  if (!values) return name;
  return {
    type: name,
    enum: Object.fromEntries(Object.entries(values).map(([id, { caption }]) => [id, caption])),
  };
}

function attributesOf(attributes) {
  const own = Object.entries(attributes).filter(([, { profile, '@deprecated': gone }]) => !profile && !gone);
  // What the value follows from: class_uid * 100 + activity_id.
  for (const [name, attribute] of own) if (name === 'type_uid') delete attribute.enum;
  return Object.fromEntries(own.sort().map(([name, attribute]) => [name, attributeOf(attribute)]));
}

const named = (from, names, take) => Object.fromEntries(names.map((name) => [name, take(from[name])]));
const types = Object.entries(schema.types).map(([name, { type, regex, range, max_len }]) => [
  name,
  { ...(type && { type }), ...(regex && { regex }), ...(range && { range }), ...(max_len && { max_len }) },
]);
const vendored = {
  source: `https://schema.ocsf.io/${schema.version}/export/schema`,
  license: 'Apache-2.0, Open Cybersecurity Schema Framework contributors; shortened',
  version: schema.version,
  classes: named(schema.classes, CLASSES, ({ uid, caption, category_uid, constraints, attributes }) => ({
    uid,
    caption,
    category_uid,
    ...(constraints && { constraints }),
    attributes: attributesOf(attributes),
  })),
  objects: named(schema.objects, OBJECTS, ({ constraints, attributes }) => ({
    ...(constraints && { constraints }),
    attributes: attributesOf(attributes),
  })),
  types: Object.fromEntries(types.sort()),
};
const target = join(
  import.meta.dirname,
  '../packages/server/src/audit/formats',
  `ocsf-schema-${schema.version}.json`,
);
// As the formatter of this repository has it: short lists on one line.
const text = JSON.stringify(vendored, null, 2).replace(/\[\s+([^[\]{}]+?)\s+\]/g, (list, items) => {
  const line = items.replace(/\s+/g, ' ');
  return line.length < 84 ? `[${line}]` : list;
});
writeFileSync(target, `${text}\n`);
console.log(`${resolve(target)}: ${CLASSES.length} classes, ${OBJECTS.length} objects`);
