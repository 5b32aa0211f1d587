import {
  type Attribute,
  captionOf,
  type OcsfClass,
  type OcsfObject,
  ocsfClass,
  ocsfObject,
  ocsfType,
} from './ocsf-schema.ts';

/** Attributes that say in words what a numbered one says, where that is not 99 (other). */
const SIBLINGS = [
  ['activity_id', 'activity_name'],
  ['severity_id', 'severity'],
  ['status_id', 'status'],
] as const;
const OTHER = 99;

/** Enough to mend a mapping by; an event can be of any size. */
const MOST = 20;

type Fields = Readonly<Record<string, unknown>>;

/**
 * What of an event breaks the vendored OCSF schema: attributes that are missing, unknown or of the wrong type, values
 * that are not of their enumeration, form or range, constraints, numbers and words that disagree. Empty where all holds.
 */
export function ocsfProblems(event: unknown): string[] {
  if (!isObject(event)) return ['the event is no object'];
  const own = ocsfClass(event.class_uid);
  if (!own) return [`class_uid: ${String(event.class_uid)} is no class that events are exported in`];
  const problems = [...checkClass(own, event), ...checkObject(own, event, '')];
  return problems.slice(0, MOST);
}

function* checkClass(own: OcsfClass, event: Fields): Generator<string> {
  const expected = {
    category_uid: own.category_uid,
    type_uid: own.uid * 100 + Number(event.activity_id),
    class_name: own.caption,
  };
  for (const [name, value] of Object.entries(expected))
    if (event[name] !== value) yield `${name}: must be ${value}`;
  for (const [id, name] of SIBLINGS) {
    const said = event[name];
    const value = event[id];
    if (said === undefined || value === OTHER) continue;
    if (said !== captionOf(own, id, value as number)) yield `${name}: is not the name of this ${id}`;
  }
}

function* checkObject(shape: OcsfObject, value: Fields, at: string): Generator<string> {
  for (const name of shape.required) if (value[name] === undefined) yield `${at}${name}: is missing`;
  for (const [name, item] of Object.entries(value)) {
    const attribute = shape.attributes.get(name);
    if (attribute === undefined) yield `${at}${name}: is not in the schema`;
    else yield* checkValues(attribute, item, `${at}${name}`);
  }
  const { at_least_one, just_one } = shape.constraints;
  const present = (names: readonly string[]) => names.filter((name) => value[name] !== undefined).length;
  if (at_least_one && present(at_least_one) === 0)
    yield `${at.slice(0, -1) || 'the event'}: needs one of ${at_least_one.join(', ')}`;
  if (just_one && present(just_one) !== 1)
    yield `${at.slice(0, -1) || 'the event'}: needs exactly one of ${just_one.join(', ')}`;
}

function* checkValues(shape: Attribute, value: unknown, at: string): Generator<string> {
  if (!shape.isArray) return yield* checkValue(shape, value, at);
  if (!Array.isArray(value)) return yield `${at}: must be an array`;
  for (const [index, item] of value.entries()) yield* checkValue(shape, item, `${at}[${index}]`);
}

function* checkValue(shape: Attribute, value: unknown, at: string): Generator<string> {
  const { type, values } = shape;
  if (!ocsfType(type)) return yield* checkNested(type, value, at);
  const wrong = wrongBasicType(type, value);
  if (wrong) return yield `${at}: ${wrong}`;
  if (values && !Object.hasOwn(values, String(value)))
    yield `${at}: ${String(value)} is not in its enumeration`;
}

function* checkNested(type: string, value: unknown, at: string): Generator<string> {
  if (!isObject(value)) return yield `${at}: must be an object`;
  if (type === 'object') return;
  const shape = ocsfObject(type);
  if (shape) yield* checkObject(shape, value, `${at}.`);
  else yield `${at}: objects of the type ${type} are not exported`;
}

/** Follows a type to the basic one that it stands on. */
function wrongBasicType(name: string, value: unknown): string | undefined {
  const { type: base, regex, range, max_len } = ocsfType(name)!;
  if (base) {
    const wrong = wrongBasicType(base, value);
    if (wrong) return wrong;
    if (regex !== undefined && !regexOf(regex).test(value as string)) return `is not of the form of ${name}`;
    if (max_len !== undefined && (value as string).length > max_len) return `is longer than ${max_len}`;
    if (range && ((value as number) < range[0]! || (value as number) > range[1]!))
      return `is not between ${range[0]} and ${range[1]}`;
    return undefined;
  }
  const fits = BASIC[name];
  return fits === undefined || fits(value) ? undefined : `must be a ${name}`;
}

const BASIC: Record<string, ((value: unknown) => boolean) | undefined> = {
  boolean_t: (value) => typeof value === 'boolean',
  string_t: (value) => typeof value === 'string',
  integer_t: Number.isSafeInteger,
  long_t: Number.isSafeInteger,
  float_t: Number.isFinite,
};

const expressions = new Map<string, RegExp>();

function regexOf(text: string): RegExp {
  let made = expressions.get(text);
  if (!made) {
    made = new RegExp(text);
    expressions.set(text, made);
  }
  return made;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
