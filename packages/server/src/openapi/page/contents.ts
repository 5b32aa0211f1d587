import { type Html, html } from './html.ts';

/** A line of the side list: where it leads, and the words by which it is found. */
export interface Entry {
  anchor: string;
  label: Html;
  words: string;
}

export interface Chapter {
  anchor: string;
  name: string;
  entries: readonly Entry[];
}

/** The side list. Its search field works by script, and is hidden without it: the list alone says all. */
export function contents(chapters: readonly Chapter[]): Html {
  return html`<nav aria-label="Contents">
<details open>
<summary>Contents</summary>
<search hidden>
<label for="filter">Filter this list</label>
<input id="filter" type="search" autocomplete="off" spellcheck="false" aria-describedby="found">
<p id="found" role="status"></p>
</search>
<ul>
${chapters.map(chapterItem)}</ul>
</details>
</nav>
`;
}

function chapterItem({ anchor, name, entries }: Chapter): Html {
  const link = html`<a class="chapter" href="#${anchor}">${name}</a>`;
  if (entries.length === 0) return html`<li data-find="${name.toLowerCase()}">${link}</li>\n`;
  const items = entries.map(
    (entry) =>
      html`<li data-find="${`${name} ${entry.words}`.toLowerCase()}"><a href="#${entry.anchor}">${entry.label}</a></li>\n`,
  );
  return html`<li class="group">${link}\n<ul>\n${items}</ul></li>\n`;
}
