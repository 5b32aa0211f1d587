import { InputError } from '../../http/input.ts';
import { problemOf } from '../../http/problem.ts';
import type { Operation } from '../document.ts';
import { type Html, html, joined } from './html.ts';

export interface StatusErrors {
  status: string;
  title: string;
  codes: string[];
}

export const errorAnchor = (code: string) => `error-${code}`;

/** The problem documents of an operation, by status: the description of each names its codes. */
export function errorsOf({ responses }: Operation): StatusErrors[] {
  return Object.entries(responses)
    .filter(([, { content }]) => content?.['application/problem+json'])
    .map(([status, { description }]) => ({
      status,
      title: description.split(':')[0]!,
      codes: [...description.matchAll(/`(\w+)`/g)].map(([, code]) => code!),
    }));
}

const PROBLEM = problemOf(
  new InputError('content: must not be empty', [{ path: 'content', message: 'must not be empty' }]),
  '019a3c5e-7f3e-7cc0-8a1b-5d2f90e4c7a6',
);

/** How errors look, and every code that an operation names. */
export function errorsChapter(operations: readonly Operation[]): Html {
  const byStatus = Map.groupBy(operations.flatMap(errorsOf), ({ status }) => status);
  const rows = [...byStatus].sort(([a], [b]) => Number(a) - Number(b));
  const rowOf = ([status, errors]: (typeof rows)[number]) => {
    const codes = [...new Set(errors.flatMap((error) => error.codes))].sort();
    const anchors = codes.map((code) => html`<code id="${errorAnchor(code)}">${code}</code>`);
    return html`<tr><th scope="row">${status}</th><td>${errors[0]!.title}</td><td>${joined(anchors, ', ')}</td></tr>\n`;
  };
  return html`<section class="operation">
<div class="text">
<p>An error is a problem document (RFC 9457), <code>application/problem+json</code>. Programs go by <code>code</code>, which stays the same; <code>detail</code> says what went wrong and what to do next. <code>errors</code> names each field at fault, never its value. With 429 and 503, wait for the seconds in <code>Retry-After</code>.</p>
<p>What belongs to somebody else answers 404 <code>not_found</code>, exactly as what is not there. Every operation can also answer 500 <code>internal_error</code>; tell the <code>request_id</code> to whoever runs the server.</p>
<table>
<thead><tr><th scope="col">Status</th><th scope="col">Title</th><th scope="col">Codes</th></tr></thead>
<tbody>
${rows.map(rowOf)}</tbody>
</table>
</div>
<div class="examples">
<figure><figcaption>Answer 400</figcaption><pre><code>${JSON.stringify(PROBLEM, null, 2)}</code></pre></figure>
</div>
</section>
`;
}
