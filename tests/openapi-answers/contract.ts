import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { OpenApiDocument, Operation } from '../../packages/server/src/openapi/document.ts';
import type { Answer, Api } from '../api.ts';

const DOCUMENT = 'openapi.json';
const JSON_TYPE = 'application/json';
/** Letters of a JSON Pointer as they stand in a URI fragment (RFC 6901 §6). */
const escaped = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
const mediaType = ({ headers }: Answer) => headers.get('content-type')?.split(';')[0];

interface Named {
  /** `GET /memories/{id}`. */
  name: string;
  method: string;
  segments: string[];
  operation: Operation;
}

/** What a server says of its routes, and whether its answers are like that. */
export class Contract {
  readonly document: OpenApiDocument;
  readonly operations: readonly Named[];
  /** Names of operations, with every status that they have answered. */
  readonly answered = new Map<string, Set<number>>();
  private readonly ajv = new Ajv2020({ allErrors: true, verbose: true });
  private readonly validators = new Map<string, ValidateFunction>();
  private found: string[] = [];

  constructor(document: OpenApiDocument) {
    this.document = document;
    formats.default(this.ajv);
    // Those of the document around the schemas.
    this.ajv.addVocabulary(Object.keys(document));
    this.ajv.addSchema(document, DOCUMENT);
    this.operations = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        segments: path.split('/'),
        operation,
      })),
    );
  }

  /** The same calls, with every answer held against the document, and every body that was taken. */
  watching(api: Api): Api {
    return async (method, path, body, ...rest) => {
      const answer = await api(method, path, body, ...rest);
      this.check(method, path, body, answer);
      return answer;
    };
  }

  /** Everything that did not fit since the last time. */
  problems(): string[] {
    const found = [...new Set(this.found)];
    this.found = [];
    return found;
  }

  /** Notes what of a call is not as the document says. */
  private check(method: string, path: string, sent: unknown, answer: Answer): void {
    const asked = this.operationOf(method, path);
    const tell = (what: string) => this.found.push(`${asked?.name ?? `${method} ${path}`}: ${what}`);
    if (!asked) return void tell('is not in the document');
    const { status, text, body } = answer;
    const statuses = this.answered.get(asked.name) ?? new Set();
    this.answered.set(asked.name, statuses.add(status));

    if (status < 300 && asked.operation.requestBody)
      for (const problem of this.mismatches(asked.name, ['requestBody', 'content', JSON_TYPE], sent ?? {}))
        tell(`took a body where ${problem}`);

    const response = asked.operation.responses[status];
    if (!response) return void tell(`answers ${status}, which the document does not list: ${text}`);
    const media = mediaType(answer);
    if (!response.content) {
      if (text !== '') tell(`${status} has a body: ${text}`);
      return;
    }
    if (media === undefined || !response.content[media])
      return void tell(`${status} is ${media} and not ${Object.keys(response.content)}`);
    if (!/\/(?:.+\+)?json$/.test(media)) return;
    for (const problem of this.mismatches(asked.name, ['responses', `${status}`, 'content', media], body))
      tell(`${status} ${problem}`);
    if (media === 'application/problem+json' && !response.description.includes(`\`${body.code}\``))
      tell(`${status} has the code ${body.code}, which the document does not list`);
  }

  /** The operation of a path; a word of its own comes before a parameter. */
  private operationOf(method: string, target: string): Named | undefined {
    const segments = target.split('?')[0]!.split('/');
    const parameters = (one: Named) => one.segments.filter((part) => part.startsWith('{')).length;
    return this.operations
      .filter((one) => one.method === method && one.segments.length === segments.length)
      .filter((one) => one.segments.every((part, at) => part.startsWith('{') || part === segments[at]))
      .sort((a, b) => parameters(a) - parameters(b))[0];
  }

  /** @param content where the schema is in the operation */
  private mismatches(name: string, content: readonly string[], body: unknown): string[] {
    const [method, path] = name.split(' ') as [string, string];
    const place = ['paths', path, method.toLowerCase(), ...content, 'schema'];
    const pointer = `${DOCUMENT}#/${place.map(escaped).join('/')}`;
    const validate = this.validators.get(pointer) ?? this.ajv.compile({ $ref: pointer });
    this.validators.set(pointer, validate);
    if (validate(body)) return [];
    return validate.errors!.map(({ instancePath, message, params, data }) => {
      const shown = JSON.stringify(data)?.slice(0, 100);
      return `${instancePath || 'the body'} ${message} ${JSON.stringify(params)}: ${shown}`;
    });
  }
}
