/** Colours for light and dark: text on its ground has a contrast of 4.5 or more (WCAG 2.2, 1.4.3). */
const LIGHT = `
--page: #ffffff; --panel: #f5f7f9; --line: #d5dbe1; --text: #1b2026; --quiet: #56606b; --link: #0550ae; --mark: #e8eef6;
--get: #0a5aa6; --post: #17692f; --put: #7d4a00; --patch: #7d4a00; --delete: #a8231b; --required: #9a3412;`;
const DARK = `
--page: #0f1317; --panel: #171d23; --line: #2e3740; --text: #e5e9ed; --quiet: #9ba7b3; --link: #80b9ff; --mark: #202b38;
--get: #7fbdff; --post: #76d38a; --put: #f0b660; --patch: #f0b660; --delete: #ff988d; --required: #ffab7a;`;

const FRAME = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, input:focus-visible, summary:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
[hidden] { display: none !important; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; z-index: 2; padding: .5rem 1rem; background: var(--page); }
header, main { padding: 0 1.25rem; max-width: 88rem; min-width: 0; }
header p, .lead { color: var(--quiet); }
main:focus { outline: none; }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 1.5rem 0 .25rem; }
h2 { font-size: 1.5rem; line-height: 1.2; margin: 0; padding-top: 3rem; }
h3 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 .5rem; }
h4 { font-size: .8rem; letter-spacing: .04em; text-transform: uppercase; color: var(--quiet); margin: 1.5rem 0 .25rem; }
p { margin: .25rem 0; }
code, pre { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; }
`;

const CONTENTS = `
nav { background: var(--panel); border-block: 1px solid var(--line); }
nav details { padding: 0 1.25rem; }
nav summary { padding: .75rem 0; font-weight: 600; cursor: pointer; }
nav label { display: block; font-size: .875rem; color: var(--quiet); }
nav input { width: 100%; font: inherit; padding: .4rem .6rem; color: inherit; background: var(--page); border: 1px solid var(--quiet); border-radius: 6px; }
#found { min-height: 1.5rem; font-size: .875rem; color: var(--quiet); }
nav ul { list-style: none; margin: 0; padding: 0; }
nav a { display: block; padding: .25rem .5rem; border-radius: 6px; color: inherit; font-size: .875rem; line-height: 1.35; text-decoration: none; }
nav li li a { display: flex; align-items: baseline; }
nav .method { flex: none; width: 3.9rem; }
nav .chapter { margin-top: .75rem; font-size: .9375rem; font-weight: 600; }
nav a:hover, nav a[aria-current] { background: var(--mark); color: var(--link); }
.method { font-weight: 700; font-size: .75rem; letter-spacing: .02em; }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); }
.patch { color: var(--patch); } .delete { color: var(--delete); }
`;

const CONTENT = `
.operation, .schema { padding: 2rem 0; border-bottom: 1px solid var(--line); }
.operation:last-child, .schema:last-child { border: 0; }
.text, .examples { min-width: 0; }
h3 a { color: inherit; text-decoration: none; }
h3 a:hover { text-decoration: underline; }
.schema { max-width: 56rem; }
.lead { max-width: 48rem; }
.route { display: flex; flex-wrap: wrap; gap: .25rem .6rem; align-items: baseline; margin-bottom: .75rem; }
.route .method { font-size: .875rem; }
.badge { font-size: .8rem; padding: .05rem .5rem; border: 1px solid var(--line); border-radius: 1rem; background: var(--panel); }
.badge.open { color: var(--post); }
.fields, .shapes, .errors { list-style: none; margin: 0; padding: 0; }
.fields > li { padding: .4rem 0; border-top: 1px solid var(--line); }
.fields .fields, .shapes > li { margin: .5rem 0 0 .25rem; padding-left: .9rem; border-left: 2px solid var(--line); }
.fields .fields > li:first-child, .shapes .fields > li:first-child { border-top: 0; }
.name { font-weight: 600; }
.type, .limits, .optional, .media { font-size: .875rem; color: var(--quiet); }
.required { font-size: .8rem; font-weight: 600; color: var(--required); }
.errors li { padding: .15rem 0; }
dt { margin-top: .5rem; } dd { margin: 0 0 0 1rem; color: var(--quiet); }
table { width: 100%; overflow-wrap: normal; border-collapse: collapse; margin-top: 1rem; }
td:last-child { overflow-wrap: anywhere; }
th, td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-top: 1px solid var(--line); }
figure { position: relative; margin: 1rem 0 0; border: 1px solid var(--line); border-radius: 8px; background: var(--panel); }
figcaption { padding: .5rem .9rem; font-size: .8rem; color: var(--quiet); border-bottom: 1px solid var(--line); }
pre { margin: 0; padding: .75rem .9rem; white-space: pre-wrap; }
.copy { position: absolute; top: .3rem; right: .5rem; font: inherit; font-size: .8rem; padding: .1rem .6rem; color: inherit; background: var(--page); border: 1px solid var(--quiet); border-radius: 6px; cursor: pointer; }
code:target, .schema:target h3, .operation:target h3 { background: var(--mark); }
`;

const WIDE = `
@media (min-width: 60.01rem) {
  body { display: grid; grid-template-columns: 19rem minmax(0, 1fr); grid-template-rows: auto 1fr; }
  nav { grid-area: 1 / 1 / 3 / 2; position: sticky; top: 0; height: 100vh; border: 0; border-right: 1px solid var(--line); }
  nav details { height: 100%; overflow: auto; padding: 1.25rem; }
  nav summary { display: none; }
  header, main { grid-column: 2; padding: 0 2.5rem; }
}
/* Folded by the script, the list stays in reach; unfolded without it, it would cover all. */
@media (max-width: 60rem) and (scripting: enabled) {
  html { scroll-padding-top: 4rem; }
  nav { position: sticky; top: 0; z-index: 1; }
  nav details { max-height: 100dvh; overflow: auto; }
}
@media (max-width: 60rem) { main { padding-top: 1rem; } }
@media (min-width: 80rem) {
  .operation { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 28rem); gap: 3rem; }
  .examples { position: sticky; top: 1rem; align-self: start; max-height: calc(100vh - 2rem); overflow: auto; }
  .examples figure:first-child { margin-top: 0; }
}
@media print {
  nav, .skip, .copy { display: none !important; }
  body { display: block; font-size: 10pt; }
  .operation { display: block; }
  .examples { position: static; max-height: none; overflow: visible; }
  h2, h3, h4 { break-after: avoid; }
  figure, .fields > li { break-inside: avoid; }
}
`;

/** The whole style of the reference page: no font, picture or sheet from anywhere. */
export const STYLE = FRAME + CONTENTS + CONTENT + WIDE;
