import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { openApiDocument } from '../document.ts';
import { referencePage } from './page.ts';

const answers = { 200: z.object({ id: z.string() }).meta({ id: 'Thing' }) };
const route = (method: string, url: string, summary: string) =>
  ({ method, url, access: 'public', describe: { summary, answers } }) as const;
const { html } = referencePage(
  openApiDocument(
    [
      route('GET', '/memories', 'List what is kept'),
      route('POST', '/memories', 'Store a text'),
      route('GET', '/audit/events', 'Read events'),
    ],
    '1',
  ),
);
const script = /<script>(.*?)<\/script>/s.exec(html)![1]!;
const list = /<nav .*?<\/nav>/s.exec(html)![0];

type Listener = (event: object) => unknown;
const part = () => ({
  hidden: true,
  open: true,
  value: '',
  textContent: '',
  marked: false,
  on: {} as Record<string, Listener>,
  addEventListener(type: string, listener: Listener) {
    this.on[type] = listener;
  },
  setAttribute() {
    this.marked = true;
  },
  removeAttribute() {
    this.marked = false;
  },
  scrollIntoView() {},
});

/** As much of a browser as the script asks for, over the list that the page really has. */
function opened({ narrow = false, clipboard = 'works' } = {}) {
  const entry = (find: string) => ({ ...part(), hidden: false, dataset: { find } });
  const groups = [...list.matchAll(/<li class="group">(.*?)<\/ul><\/li>/gs)].map(([, inner]) => {
    const entries = [...inner!.matchAll(/data-find="([^"]*)"/g)].map(([, find]) => entry(find!));
    const querySelector = () => entries.find(({ hidden }) => !hidden) ?? null;
    return { ...part(), hidden: false, entries, querySelector };
  });
  const single = [...list.matchAll(/<li data-find="([^"]*)"><a class="chapter"/g)].map(([, find]) =>
    entry(find!),
  );
  const entries = [...single, ...groups.flatMap((group) => group.entries)];
  const links = [...list.matchAll(/href="(#[^"]+)"/g)].map(([, hash]) => ({ ...part(), hash: hash! }));
  const details = { ...part(), querySelectorAll: () => links };
  const [input, found, search, media] = [part(), part(), part(), part()];
  const copied: string[] = [];
  const timers: (() => void)[] = [];
  let observe: (seen: object[]) => void = () => {};
  const observed: string[] = [];
  const button = { ...part(), closest: () => ({ querySelector: () => ({ textContent: 'curl …' }) }) };
  runInNewContext(script, {
    document: {
      querySelector: (what: string) => (what === 'search' ? search : details),
      querySelectorAll: (what: string) =>
        ({ '[data-find]': entries, '.group': groups, '.copy': [button] })[what],
      getElementById: (id: string) => ({ filter: input, found })[id] ?? { id },
    },
    matchMedia: () => Object.assign(media, { matches: narrow }),
    IntersectionObserver: class {
      constructor(callback: typeof observe) {
        observe = callback;
      }
      observe({ id }: { id: string }) {
        observed.push(id);
      }
    },
    navigator:
      clipboard === 'absent'
        ? {}
        : {
            clipboard: {
              async writeText(text: string) {
                if (clipboard === 'refuses') throw new Error('not allowed');
                copied.push(text);
              },
            },
          },
    setTimeout: (later: () => void) => timers.push(later),
  });
  const shown = () => entries.filter(({ hidden }) => !hidden).map(({ dataset }) => dataset.find);
  const type = (value: string) => {
    input.value = value;
    input.on.input!({});
  };
  const see = (...seen: [id: string, isIntersecting: boolean][]) =>
    observe(seen.map(([id, isIntersecting]) => ({ target: { id }, isIntersecting })));
  const marked = () => links.filter((link) => link.marked).map(({ hash }) => hash);
  return {
    shown,
    type,
    found,
    groups,
    search,
    details,
    media,
    see,
    marked,
    observed,
    entries,
    button,
    copied,
    timers,
  };
}

it('the field shows, and lists everything until words are typed', () => {
  const { shown, search, found, entries } = opened();
  expect([search.hidden, shown().length, found.textContent]).toEqual([false, entries.length, '']);
  expect(entries.length).toBe(6);
});

it('lists what has every word, whatever its case: of the method, path, summary or chapter', () => {
  const { shown, type, found, groups } = opened();
  type('  POST mem ');
  expect(shown()).toEqual(['memories post /memories store a text']);
  expect(found.textContent).toBe('1 entry');
  expect(groups.map(({ hidden }) => hidden)).toEqual([false, true, true]);
  type('audit log');
  expect(shown()).toEqual(['audit log get /audit/events read events']);
  type('nothing of that');
  expect([shown(), found.textContent]).toEqual([[], '0 entries']);
  expect(groups.every(({ hidden }) => hidden)).toBe(true);
  type('');
  expect([shown().length, found.textContent]).toEqual([6, '']);
});

it('words are no patterns', () => {
  const { shown, type } = opened();
  type('.*');
  expect(shown()).toEqual([]);
});

it('on a narrow screen the list is folded, opens by hand, and folds when a line is chosen', () => {
  const { details, media } = opened({ narrow: true });
  expect(details.open).toBe(false);
  details.open = true;
  details.on.click!({ target: { closest: () => null } });
  expect(details.open).toBe(true);
  details.on.click!({ target: { closest: () => ({}) } });
  expect(details.open).toBe(false);
  Object.assign(media, { matches: false });
  media.on.change!({});
  expect(details.open).toBe(true);
});

it('the list marks the first place in view', () => {
  const { see, marked, observed } = opened();
  expect(observed).toContain('postMemories');
  see(['getMemories', true], ['postMemories', true]);
  expect(marked()).toEqual(['#getMemories']);
  see(['getMemories', false]);
  expect(marked()).toEqual(['#postMemories']);
  see(['postMemories', false]);
  expect(marked()).toEqual(['#postMemories']);
});

it('a call is copied as it stands, and the button says so for a while', async () => {
  const { button, copied, timers } = opened();
  expect(button.hidden).toBe(false);
  await button.on.click!({});
  expect([copied, button.textContent]).toEqual([['curl …'], 'Copied']);
  timers[0]!();
  expect(button.textContent).toBe('Copy');
});

it('a call that could not be copied is not said to be', async () => {
  const { button } = opened({ clipboard: 'refuses' });
  await button.on.click!({});
  expect(button.textContent).toBe('Not copied');
});

it('without a clipboard, as over plain HTTP, there is no button', () => {
  expect(opened({ clipboard: 'absent' }).button.hidden).toBe(true);
});
