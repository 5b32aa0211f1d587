import schema from './ocsf-schema-1.6.0.json' with { type: 'json' };

export interface Attribute {
  type: string;
  isArray: boolean;
  /** Captions of the numbered or named values; undefined where any value will do. */
  values: Readonly<Record<string, string>> | undefined;
}

export interface OcsfObject {
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly required: readonly string[];
  readonly constraints: { readonly [rule in 'at_least_one' | 'just_one']?: readonly string[] };
}

export interface OcsfClass extends OcsfObject {
  readonly uid: number;
  readonly caption: string;
  readonly category_uid: number;
}

interface OcsfType {
  readonly type?: string;
  readonly regex?: string;
  readonly range?: readonly number[];
  readonly max_len?: number;
}

/** `[]` marks an array, `!` what must be there; an object where the values are numbered or named. */
type Written = string | { readonly type: string; readonly enum: Readonly<Record<string, string>> };
interface WrittenObject {
  readonly constraints?: OcsfObject['constraints'];
  readonly attributes: Readonly<Record<string, Written>>;
}

/** The part of OCSF that events are exported in, as scripts/vendor-ocsf.mjs took it out of the released schema. */
const OCSF = schema as unknown as {
  readonly version: string;
  readonly classes: Readonly<
    Record<string, WrittenObject & { uid: number; caption: string; category_uid: number }>
  >;
  readonly objects: Readonly<Record<string, WrittenObject>>;
  readonly types: Readonly<Record<string, OcsfType>>;
};

export const OCSF_VERSION = OCSF.version;

const textOf = (attribute: Written) => (typeof attribute === 'string' ? attribute : attribute.type);

function objectOf({ attributes, constraints = {} }: WrittenObject): OcsfObject {
  const all = Object.entries(attributes);
  return {
    attributes: new Map(
      all.map(([name, attribute]) => {
        const text = textOf(attribute).replace(/!$/, '');
        const values = typeof attribute === 'string' ? undefined : attribute.enum;
        return [name, { type: text.replace(/\[\]$/, ''), isArray: text.endsWith('[]'), values }];
      }),
    ),
    required: all.filter(([, attribute]) => textOf(attribute).endsWith('!')).map(([name]) => name),
    constraints,
  };
}

const TYPES: ReadonlyMap<string, OcsfType> = new Map(Object.entries(OCSF.types));
const OBJECTS: ReadonlyMap<string, OcsfObject> = new Map(
  Object.entries(OCSF.objects).map(([name, one]) => [name, objectOf(one)]),
);
const CLASSES: ReadonlyMap<unknown, OcsfClass> = new Map(
  Object.values(OCSF.classes).map((one) => {
    const { uid, caption, category_uid } = one;
    return [uid, { uid, caption, category_uid, ...objectOf(one) }];
  }),
);

export const ocsfType = (name: string): OcsfType | undefined => TYPES.get(name);
export const ocsfObject = (name: string): OcsfObject | undefined => OBJECTS.get(name);
export const ocsfClass = (uid: unknown): OcsfClass | undefined => CLASSES.get(uid);

/** What the schema calls a value of an attribute. */
export function captionOf(one: OcsfObject, attribute: string, value: string | number): string | undefined {
  const values = one.attributes.get(attribute)?.values;
  return values && Object.hasOwn(values, value) ? values[value] : undefined;
}
