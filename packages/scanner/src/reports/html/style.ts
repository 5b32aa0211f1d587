/** Light and dark, narrow and wide, screen and paper. Contrasts are those of WCAG 2.2 AA. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --panel: #fff; --line: #d9dde4; --text: #1a2029; --quiet: #566072; --link: #1d4ed8; --wash: #eef1f5;
  --critical: #a1123f; --high: #b93815; --medium: #8a5a00; --low: #4a5872;
  --critical-wash: #fde8ee; --high-wash: #fdece4; --medium-wash: #fdf3d8; --low-wash: #e9edf3;
  --good: #146c43; --good-wash: #e0f5ea;
  --critical-fill: #b0124a; --high-fill: #ea6a1f; --medium-fill: #e9b01c; --low-fill: #8a99b3;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12151a; --panel: #1a1f26; --line: #323a46; --text: #e6e9ee; --quiet: #9fabbd; --link: #8ab4ff; --wash: #232a33;
    --critical: #ff8fab; --high: #ff9d78; --medium: #f2c14e; --low: #a9b7cf;
    --critical-wash: #43192a; --high-wash: #42241a; --medium-wash: #3a2f12; --low-wash: #2a323e;
    --good: #6fd6a3; --good-wash: #143626;
    --critical-fill: #f0537f; --high-fill: #f58a4b; --medium-fill: #efc14a; --low-fill: #7f8fab;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1.25rem 3rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
[hidden] { display: none !important; }
h1, h2, h3, p, ul, ol, dl, dd { margin: 0; }
ul, ol { padding: 0; }
h1 { font-size: 1.9rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin-bottom: .75rem; }
h3 { font-size: 1rem; }
a { color: var(--link); }
a:focus-visible, summary:focus-visible, button:focus-visible, input:focus-visible, select:focus-visible {
  outline: 3px solid var(--link); outline-offset: 2px; border-radius: 4px; }
code { font: .875em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.quiet, .none { color: var(--quiet); font-size: .9rem; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--panel); padding: .5rem 1rem; z-index: 1; }

header { margin-bottom: 1.5rem; }
.kind { color: var(--quiet); font-size: .8rem; font-weight: 600; letter-spacing: .08em; text-transform: uppercase; }
.verdict { display: inline-block; margin: .75rem 0 1rem; padding: .4rem .9rem; border-radius: 1.2rem; font-weight: 600; }
.verdict.block { background: var(--critical-wash); color: var(--critical); }
.verdict.warn { background: var(--medium-wash); color: var(--medium); }
.verdict.allow { background: var(--good-wash); color: var(--good); }
.evidence { margin: -.25rem 0 1rem; padding-left: 1.2rem; font-size: .9rem; color: var(--quiet); overflow-wrap: anywhere; }
.facts { display: flex; flex-wrap: wrap; gap: .75rem 2.25rem; }
.facts dt { color: var(--quiet); font-size: .8rem; }
.facts dd { font-weight: 600; font-variant-numeric: tabular-nums; }

.card, .panel { background: var(--panel); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem; }
.panel { margin-top: 1.25rem; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 1.25rem; }
.ring { display: flex; align-items: center; gap: 1.5rem; }
.ring svg { width: 9rem; flex: none; }
circle.critical { stroke: var(--critical-fill); } circle.high { stroke: var(--high-fill); }
circle.medium { stroke: var(--medium-fill); } circle.low { stroke: var(--low-fill); }
rect.critical { fill: var(--critical-fill); } rect.high { fill: var(--high-fill); }
rect.medium { fill: var(--medium-fill); } rect.low { fill: var(--low-fill); }
.legend .critical::before { background: var(--critical-fill); } .legend .high::before { background: var(--high-fill); }
.legend .medium::before { background: var(--medium-fill); } .legend .low::before { background: var(--low-fill); }
.ring circle { fill: none; stroke-width: 14; transform: rotate(-90deg); transform-origin: 60px 60px; }
.ring .track { stroke: var(--wash); }
.ring text { text-anchor: middle; fill: var(--text); }
.sum { font-size: 22px; font-weight: 700; }
.unit { font-size: 10px; }
.legend, .bars { list-style: none; }
.legend { flex: 1; }
.legend li { display: flex; align-items: center; gap: .5rem; padding: .2rem 0; }
.legend li::before { content: ""; width: .7rem; height: .7rem; border-radius: 3px; }
.legend span { color: var(--text); }
.count { margin-left: auto; font-weight: 600; font-variant-numeric: tabular-nums; }
.bars li { display: grid; grid-template-columns: 1fr auto; gap: .1rem .75rem; padding-bottom: .65rem; }
.bars .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-size: .9rem; }
.bar { grid-column: 1 / -1; display: block; border-radius: 5px; background: var(--wash); }
.critical { color: var(--critical); } .high { color: var(--high); } .medium { color: var(--medium); } .low { color: var(--low); }

form { margin-bottom: 1rem; padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
fieldset { border: 0; margin: 0 0 .9rem; padding: 0; display: flex; flex-wrap: wrap; gap: .5rem; }
legend { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
.chip { cursor: pointer; }
.chip input { position: absolute; opacity: 0; }
.chip span { display: inline-block; padding: .3rem .8rem; border: 1px solid var(--line); border-radius: 2rem; color: var(--quiet);
  font-size: .9rem; }
.chip input:checked + span { border-color: currentColor; background: var(--wash); color: var(--text); }
.chip.critical input:checked + span { background: var(--critical-wash); color: var(--critical); }
.chip.high input:checked + span { background: var(--high-wash); color: var(--high); }
.chip.medium input:checked + span { background: var(--medium-wash); color: var(--medium); }
.chip.low input:checked + span { background: var(--low-wash); color: var(--low); }
.chip input:focus-visible + span { outline: 3px solid var(--link); outline-offset: 2px; }
.chip input:disabled + span { opacity: .6; cursor: default; }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 9rem), 1fr)); gap: .75rem; }
.fields label { font-size: .85rem; color: var(--quiet); }
.fields input, .fields select { display: block; width: 100%; margin-top: .2rem; padding: .45rem .6rem; font: inherit; font-size: .95rem;
  color: var(--text); background: var(--page); border: 1px solid var(--line); border-radius: 8px; }
.state { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1rem; margin-top: .9rem; }
.state p { font-size: .9rem; color: var(--quiet); }
button { font: inherit; font-size: .85rem; padding: .25rem .8rem; color: var(--link); background: none; border: 1px solid var(--line);
  border-radius: 2rem; cursor: pointer; }
.state button { margin-left: auto; }
button[aria-pressed] { background: var(--wash); }

#list { list-style: none; }
/* Not list items to the browser: it would number thousands of them anew for each that is hidden. */
#list > li { display: block; content-visibility: auto; contain-intrinsic-size: auto 3rem; border-bottom: 1px solid var(--line); }
#list > li:last-child { border-bottom: 0; }
#list > li:target { background: var(--wash); }
#list summary { display: grid; grid-template-columns: .8rem 5rem minmax(0, 1fr) minmax(0, 26rem); gap: .75rem; align-items: baseline; padding: .6rem .25rem;
  cursor: pointer; list-style: none; }
#list summary::-webkit-details-marker { display: none; }
#list summary::before { content: ""; justify-self: center; width: .4rem; height: .4rem; border: solid var(--quiet); border-width: 0 2px 2px 0;
  transform: rotate(-45deg) translateY(-.1rem); }
#list details[open] > summary::before { transform: rotate(45deg); }
#list summary:hover { background: var(--wash); }
.severity { justify-self: start; padding: .1rem .6rem; border-radius: 2rem; font-size: .8rem; font-weight: 600; }
.critical .severity { background: var(--critical-wash); } .high .severity { background: var(--high-wash); }
.medium .severity { background: var(--medium-wash); } .low .severity { background: var(--low-wash); }
.title, .body { color: var(--text); overflow-wrap: anywhere; }
.title code { color: var(--quiet); }
.place { color: var(--quiet); font: .85rem ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; text-align: right; }
.suppressed .title { text-decoration: line-through; }
.body { padding: .25rem .25rem 1.25rem 7.8rem; display: grid; gap: .6rem; }
.steps { padding-left: 1.3rem; } .steps li { padding: .15rem 0; }
.references { list-style: none; font-size: .9rem; overflow-wrap: anywhere; }

.rule { padding: 1rem 0; border-top: 1px solid var(--line); display: grid; gap: .6rem; }
.rule > * { color: var(--text); } .rule > .quiet { color: var(--quiet); }
.rule h3 { display: flex; flex-wrap: wrap; gap: .6rem; align-items: baseline; overflow-wrap: anywhere; }
.rule.critical .severity { color: var(--critical); } .rule.high .severity { color: var(--high); }
.rule.medium .severity { color: var(--medium); } .rule.low .severity { color: var(--low); }
.rule:target { background: var(--wash); }
.left-out ul { list-style: none; padding-top: .5rem; font-size: .9rem; overflow-wrap: anywhere; }
.left-out.incomplete { border-color: var(--critical); }
.left-out summary { cursor: pointer; color: var(--link); }

#compliance ~ h3 { margin: 1.25rem 0 .4rem; }
table { width: 100%; border-collapse: collapse; font-size: .92rem; }
th, td { text-align: left; vertical-align: baseline; padding: .5rem .75rem .5rem 0; border-top: 1px solid var(--line); font-weight: 400;
  overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--quiet); font-size: .8rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; width: 6rem; }
th[scope=row] { width: 42%; }
.ids a { font: .8rem ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; margin-right: .4rem; white-space: nowrap; }
.ids button { margin-right: .6rem; }
footer { margin-top: 1.5rem; color: var(--quiet); font-size: .85rem; display: flex; flex-wrap: wrap; gap: .25rem 2rem; overflow-wrap: anywhere; }

@media (max-width: 44rem) {
  body { padding: 1rem .75rem 2rem; }
  .card, .panel { padding: 1rem; }
  .ring svg { width: 7.5rem; }
  #list summary { grid-template-columns: .8rem 1fr; gap: .3rem .6rem; }
  #list summary > .title, #list summary > .place { grid-column: 2; }
  .place { text-align: left; }
  .body { padding-left: 1.65rem; }
  table, tbody, tr, th[scope=row], td { display: block; width: auto; }
  thead { position: absolute; clip-path: inset(50%); }
  tr { border-top: 1px solid var(--line); padding: .5rem 0; }
  th[scope=row], td { border: 0; padding: .15rem 0; }
  .number { text-align: left; }
  .number::after { content: " findings"; }
}
@media print {
  body { max-width: none; padding: 0; background: none; font-size: .85rem; }
  form, .skip, .ids button { display: none; }
  .card, .panel { border: 0; padding: .5rem 0; }
  #list > li, .rule, tr { break-inside: avoid; }
  #list > li { content-visibility: visible; }
}
`;
