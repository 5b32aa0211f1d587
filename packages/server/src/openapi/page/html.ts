/** Markup that is safe to show. Only this file makes it, so everything else is text until it was escaped. */
export class Html {
  readonly markup: string;
  constructor(markup: string) {
    this.markup = markup;
  }
}

type Part = Html | string | number | false | undefined | readonly Part[];

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand between tags and in quoted attributes. */
export const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

const markupOf = (part: Part): string => {
  if (part instanceof Html) return part.markup;
  if (Array.isArray(part)) return part.map(markupOf).join('');
  return part === false || part === undefined ? '' : escaped(String(part));
};

/** A template whose values are escaped, unless they came out of such a template themselves. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(String.raw({ raw: strings }, ...parts.map(markupOf)));
}

/** Our own style or script, word for word: the policy of the page has its hash. */
export const verbatim = (text: string) => new Html(text);

/** The same between every two of them. */
export const joined = (parts: readonly Html[], between: string) =>
  parts.flatMap((part, at) => (at === 0 ? [part] : [between, part]));

/** Sentences of a description: what stands between backticks is code. */
export const prose = (text: string): Html[] =>
  text.split(/`([^`]+)`/).map((part, at) => (at % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
