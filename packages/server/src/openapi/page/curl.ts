import type { Operation } from '../document.ts';
import type { JsonSchema } from '../json-schema.ts';
import { exampleOf, isAsked, type Schemas } from './example.ts';

const inSingleQuotes = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`;
/** Nothing of it is a variable, a command or the end of the quotes. */
const forDoubleQuotes = (text: string) => text.replace(/[\\"$`]/g, String.raw`\$&`);

/**
 * A call for a POSIX shell. `$MEMHOLD_URL` and `$MEMHOLD_KEY` are variables; `$MEMHOLD_TOKEN` is one where a key is of
 * no use. What stands in angle brackets is to be replaced.
 */
export function curlOf(method: string, path: string, operation: Operation, schemas: Schemas): string {
  const { requestBody, security } = operation;
  const body = requestBody?.required ? requestBody.content['application/json']?.schema : undefined;
  const change = method === 'get' ? '' : `-X ${method.toUpperCase()} `;
  const target = path.replace(/{(\w+)}/g, '<$1>') + queryOf(operation, schemas);
  const lines = [`curl ${change}"$MEMHOLD_URL${forDoubleQuotes(target)}"`];
  if (security.length > 0) lines.push(`-H "Authorization: Bearer $${secretOf(operation)}"`);
  if (body) {
    const example = JSON.stringify(exampleOf(body, schemas, 'required'), null, 2);
    lines.push('-H "Content-Type: application/json"', `-d ${inSingleQuotes(example)}`);
  }
  return lines.join(' \\\n  ');
}

function queryOf({ parameters }: Operation, schemas: Schemas): string {
  const parts = parameters
    .filter((one) => one.in === 'query' && isAsked(String(one.name), one.required === true))
    .map(
      ({ name, schema }) => `${name}=${exampleOf(schema as JsonSchema, schemas, 'required', String(name))}`,
    );
  return parts.length > 0 ? `?${parts.join('&')}` : '';
}

const secretOf = ({ security }: Operation) =>
  security.some((scheme) => 'apiKey' in scheme) ? 'MEMHOLD_KEY' : 'MEMHOLD_TOKEN';
