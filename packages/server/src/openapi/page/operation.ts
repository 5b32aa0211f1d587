import type { Operation } from '../document.ts';
import type { JsonSchema } from '../json-schema.ts';
import { curlOf } from './curl.ts';
import { errorAnchor, errorsOf } from './errors.ts';
import { exampleOf, type Schemas } from './example.ts';
import { fieldList, type Use, wholeValue } from './fields.ts';
import { type Html, html, joined, prose } from './html.ts';

/** One operation of the document and where it stands. */
export interface Placed {
  method: string;
  path: string;
  operation: Operation;
}

export const methodOf = (method: string) =>
  html`<span class="method ${method}">${method.toUpperCase()}</span>`;

/** What it does, takes and answers, and how it is called. */
export function operationSection({ method, path, operation }: Placed, schemas: Schemas): Html {
  const { operationId, summary, description } = operation;
  return html`<section class="operation" id="${operationId}">
<div class="text">
<h3><a href="#${operationId}">${summary}</a></h3>
<p class="route">${methodOf(method)} <code>${path}</code> ${badgesOf(operation)}</p>
${description && html`<p>${prose(description)}</p>`}
${PLACES.map(([place, title]) => parametersIn(operation, place, title))}${bodyOf(operation)}${answersOf(operation)}${errorList(operation)}
</div>
<div class="examples">
${example('Call', curlOf(method, path, operation, schemas), COPY)}
${answerExample(operation, schemas)}
</div>
</section>
`;
}

function badgesOf(operation: Operation): Html {
  const access = operation['x-permission'];
  if (access === 'public') return html`<span class="badge open">public</span>`;
  const right = access === 'authenticated' ? 'login' : access;
  const fresh = errorsOf(operation).some(({ codes }) => codes.includes('step_up_required'));
  return html`<span class="badge">${right}</span>${fresh && html` <span class="badge">fresh password</span>`}`;
}

const PLACES = [
  ['path', 'Path'],
  ['query', 'Query'],
  ['header', 'Headers'],
] as const;

function parametersIn({ parameters }: Operation, place: string, title: string): Html | undefined {
  const fields = parameters
    .filter((parameter) => parameter.in === place)
    .map(({ name, schema, required, description }) => ({
      name: String(name),
      schema: schema as JsonSchema,
      required: required === true,
      description: description as string | undefined,
    }));
  return fields.length > 0 ? html`<h4>${title}</h4>\n${fieldList(fields, 'sent')}` : undefined;
}

function bodyOf({ requestBody }: Operation): Html | undefined {
  if (!requestBody) return undefined;
  const title = html`<h4>Body${!requestBody.required && ' (may be left out)'}</h4>\n`;
  return html`${title}${contentOf(requestBody.content, 'sent')}`;
}

const contentOf = (content: Record<string, { schema: JsonSchema }>, use: Use) =>
  Object.entries(content).map(([media, { schema }]) =>
    media === 'application/json' ? wholeValue(schema, use) : html`<p class="type">${media}</p>`,
  );

/** Those that are no errors: readiness answers 503 with a document of its own. */
const answersIn = ({ responses }: Operation) =>
  Object.entries(responses).filter(([, { content }]) => !content?.['application/problem+json']);

const answersOf = (operation: Operation) =>
  answersIn(operation).map(([status, { description, content = {} }]) => {
    // What a 2xx says goes without saying.
    const said = description !== 'Done.' && html`<p>${prose(description)}</p>`;
    return html`<h4>Answer ${status}</h4>\n${said}${contentOf(content, 'answered')}`;
  });

function errorList(operation: Operation): Html | undefined {
  const errors = errorsOf(operation);
  if (errors.length === 0) return undefined;
  const items = errors.map(({ status, title, codes }) => {
    const links = codes.map((code) => html`<a href="#${errorAnchor(code)}"><code>${code}</code></a>`);
    return html`<li><strong>${status}</strong> ${title}${links.length > 0 && ': '}${joined(links, ', ')}</li>\n`;
  });
  return html`<h4>Errors</h4>\n<ul class="errors">\n${items}</ul>`;
}

/** By script alone can it be copied: the button shows where one runs. */
const COPY = html`<button class="copy" type="button" aria-live="polite" hidden>Copy</button>`;
const example = (title: string, text: string, button?: Html) =>
  html`<figure><figcaption>${title}</figcaption>${button}<pre><code>${text}</code></pre></figure>`;

function answerExample(operation: Operation, schemas: Schemas): Html | undefined {
  const [found] = answersIn(operation);
  const schema = found?.[1].content?.['application/json']?.schema;
  if (!found || !schema) return undefined;
  return example(`Answer ${found[0]}`, JSON.stringify(exampleOf(schema, schemas, 'all'), null, 2));
}
