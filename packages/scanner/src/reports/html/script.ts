/** Filters, sorts and opens what stands in the page already. It writes no markup: texts of a tree stay texts. */
export const script = `'use strict';
(() => {
  const form = document.getElementById('filter');
  const list = document.getElementById('list');
  const shown = document.getElementById('shown');
  const nothing = document.getElementById('nothing');
  const ranks = { critical: 0, high: 1, medium: 2, low: 3 };
  const items = [...list.children].map((element, place) => ({
    element,
    place,
    severity: element.classList[0],
    isSuppressed: element.classList.contains('suppressed'),
    category: element.dataset.category,
    rule: element.dataset.rule,
    path: element.dataset.path.toLowerCase(),
    text: undefined,
  }));
  const textOf = (item) => (item.text ??= (item.element.textContent + ' ' + item.rule).toLowerCase());
  const compare = {
    severity: (a, b) => a.place - b.place,
    file: (a, b) => (a.path < b.path ? -1 : Number(a.path > b.path)) || a.place - b.place,
    rule: (a, b) => (a.rule < b.rule ? -1 : Number(a.rule > b.rule)) || a.place - b.place,
  };
  let rules;
  let order = 'severity';

  function filter() {
    const wanted = new FormData(form);
    const severities = new Set(wanted.getAll('severity'));
    const category = wanted.get('category');
    const file = wanted.get('file').trim().toLowerCase();
    const text = wanted.get('text').trim().toLowerCase();
    const withSuppressed = wanted.get('suppressed') !== null;
    let count = 0;
    for (const item of items) {
      const isShown =
        severities.has(item.severity) &&
        (withSuppressed || !item.isSuppressed) &&
        (category === '' || item.category === category) &&
        (rules === undefined || rules.has(item.rule)) &&
        item.path.includes(file) &&
        (text === '' || textOf(item).includes(text));
      if (item.element.hidden === isShown) item.element.hidden = !isShown;
      if (isShown) count++;
    }
    shown.textContent = count + ' of ' + items.length + (items.length === 1 ? ' finding' : ' findings');
    nothing.hidden = count > 0 || items.length === 0;
    if (order !== wanted.get('order')) {
      order = wanted.get('order');
      list.append(...items.toSorted(compare[order]).map(({ element }) => element));
    }
  }

  let waiting;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, items.length > 2000 ? 150 : 0);
  };
  const all = () => {
    rules = undefined;
    for (const button of document.querySelectorAll('button[data-rules]')) button.removeAttribute('aria-pressed');
    setTimeout(filter);
  };
  form.addEventListener('input', soon);
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('reset', all);
  for (const button of document.querySelectorAll('button[data-rules]')) {
    button.hidden = false;
    button.setAttribute('aria-label', 'Show the findings that touch ' + button.dataset.label);
    button.addEventListener('click', () => {
      form.reset();
      setTimeout(() => {
        rules = new Set(button.dataset.rules.split(' '));
        button.setAttribute('aria-pressed', 'true');
        filter();
        document.getElementById('findings').scrollIntoView();
      });
    });
  }

  // The steps of a rule stand in the page once: a finding that is opened gets a copy.
  function open(event) {
    const details = event.target;
    const body = details.open && details.querySelector(':scope > .body');
    const place = body && body.querySelector('.step a');
    if (!place) return;
    const rule = document.getElementById(place.hash.slice(1));
    place.parentElement.replaceWith(
      ...[...rule.querySelectorAll('.steps, .references')].map((part) => part.cloneNode(true)),
    );
    const pattern = document.createElement('p');
    pattern.className = 'quiet';
    pattern.append('Looks for ', rule.querySelector('.pattern').cloneNode(true));
    body.lastElementChild.before(pattern);
  }
  list.addEventListener('toggle', open, true);

  function follow() {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || target.parentElement !== list) return;
    if (target.hidden) {
      form.reset();
      form.elements.suppressed.checked = target.classList.contains('suppressed');
      all();
    }
    target.firstElementChild.open = true;
    setTimeout(() => target.scrollIntoView({ block: 'center' }));
  }
  addEventListener('hashchange', follow);
  addEventListener('beforeprint', () => {
    const visible = items.filter(({ element }) => !element.hidden);
    if (visible.length <= 500) for (const { element } of visible) element.firstElementChild.open = true;
  });
  form.hidden = false;
  filter();
  follow();
})();
`;
