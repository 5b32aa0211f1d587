import { pagePolicy } from '../../http/page-policy.ts';
import type { OpenApiDocument } from '../document.ts';
import type { JsonSchema } from '../json-schema.ts';
import { type Chapter, contents } from './contents.ts';
import { errorsChapter } from './errors.ts';
import { wholeValue } from './fields.ts';
import { type Html, html, prose, verbatim } from './html.ts';
import { methodOf, operationSection, type Placed } from './operation.ts';
import { SCRIPT } from './script.ts';
import { authenticationChapter } from './start.ts';
import { STYLE } from './style.ts';
import { schemaAnchor } from './type.ts';

/** A page without any outside resource, and the policy that allows its own script and style alone. */
export interface ReferencePage {
  html: string;
  contentSecurityPolicy: string;
}

interface Part extends Chapter {
  description?: string;
  content: Html;
}

/** The document for people: all of it is readable without the script. */
export function referencePage(document: OpenApiDocument): ReferencePage {
  const operations = operationsOf(document);
  const parts: Part[] = [
    part('authentication', 'Authentication', authenticationChapter(document)),
    part('errors', 'Errors', errorsChapter(operations.map(({ operation }) => operation))),
    ...document.tags
      .map((tag) => operationsPart(tag, operations, document))
      .filter(({ entries }) => entries.length > 0),
    schemasPart(document),
  ];
  return { html: frame(document, parts).markup, contentSecurityPolicy: pagePolicy(SCRIPT, STYLE) };
}

const part = (anchor: string, name: string, content: Html): Part => ({ anchor, name, entries: [], content });

const operationsOf = ({ paths }: OpenApiDocument): Placed[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );

function operationsPart(
  { name, description }: OpenApiDocument['tags'][number],
  all: readonly Placed[],
  { components }: OpenApiDocument,
): Part {
  const own = all.filter(({ operation }) => operation.tags.includes(name));
  const entries = own.map(({ method, path, operation: { operationId, summary } }) => ({
    anchor: operationId,
    label: html`${methodOf(method)} <span>${summary}</span>`,
    words: `${method} ${path} ${summary}`,
  }));
  const content = html`${own.map((one) => operationSection(one, components.schemas))}`;
  return {
    anchor: `chapter-${name.toLowerCase().replace(/\W+/g, '-')}`,
    name,
    description,
    entries,
    content,
  };
}

function schemasPart({ components }: OpenApiDocument): Part {
  const schemas = Object.entries(components.schemas).sort(([a], [b]) => a.localeCompare(b));
  const entries = schemas.map(([name]) => ({
    anchor: schemaAnchor(name),
    label: html`${name}`,
    words: name,
  }));
  const content = html`${schemas.map(([name, schema]) => schemaSection(name, schema))}`;
  return { anchor: 'schemas', name: 'Schemas', entries, content };
}

function schemaSection(name: string, schema: JsonSchema): Html {
  const anchor = schemaAnchor(name);
  return html`<section class="schema" id="${anchor}">
<h3><a href="#${anchor}">${name}</a></h3>
${wholeValue(schema, 'answered')}
</section>
`;
}

function frame({ info }: OpenApiDocument, parts: readonly Part[]): Html {
  const sections = parts.map(
    ({ anchor, name, description, content }) => html`<section aria-labelledby="${anchor}">
<h2 id="${anchor}">${name}</h2>
${description && html`<p class="lead">${prose(description)}</p>`}
${content}</section>
`,
  );
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${info.title} API reference</title>
<style>${verbatim(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<header>
<h1>${info.title} API reference</h1>
<p>Version ${info.version} · <a href="/openapi.json">OpenAPI document</a> · <span>${info.license.name}</span></p>
</header>
${contents(parts)}
<main id="content" tabindex="-1">
<p class="lead">${prose(info.description)}</p>
${sections}</main>
<script>${verbatim(SCRIPT)}</script>
</body>
</html>
`;
}
