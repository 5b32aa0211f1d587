/**
 * What the reference page can do beyond being read: the list is filtered and follows the reader, on narrow screens it is
 * folded, and calls can be copied. It fetches, stores and inserts nothing; text is set as text.
 */
export const SCRIPT = `
'use strict';
const details = document.querySelector('nav details');
const input = document.getElementById('filter');
const found = document.getElementById('found');
const entries = [...document.querySelectorAll('[data-find]')];
const groups = [...document.querySelectorAll('.group')];
function filter() {
  const words = input.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const entry of entries) entry.hidden = !words.every((word) => entry.dataset.find.includes(word));
  for (const group of groups) group.hidden = !group.querySelector('[data-find]:not([hidden])');
  const count = entries.filter((entry) => !entry.hidden).length;
  found.textContent = words.length === 0 ? '' : count === 1 ? '1 entry' : count + ' entries';
}
document.querySelector('search').hidden = false;
input.addEventListener('input', filter);
// A page that is shown again may have its old words in the field.
filter();

const narrow = matchMedia('(max-width: 60rem)');
const fold = () => { details.open = !narrow.matches; };
narrow.addEventListener('change', fold);
fold();
details.addEventListener('click', (event) => {
  if (narrow.matches && event.target.closest('a')) details.open = false;
});

const links = new Map([...details.querySelectorAll('a')].map((link) => [link.hash.slice(1), link]));
const inView = new Set();
let current;
const follow = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) inView[isIntersecting ? 'add' : 'delete'](target.id);
  const first = [...links.keys()].find((id) => inView.has(id));
  if (!first) return;
  if (current) current.removeAttribute('aria-current');
  current = links.get(first);
  current.setAttribute('aria-current', 'location');
  if (!narrow.matches) current.scrollIntoView({ block: 'nearest' });
}, { rootMargin: '-32px 0px -80% 0px' });
for (const id of links.keys()) follow.observe(document.getElementById(id));

if (navigator.clipboard)
  for (const button of document.querySelectorAll('.copy')) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      const call = button.closest('figure').querySelector('code').textContent;
      const copied = await navigator.clipboard.writeText(call).then(() => true, () => false);
      button.textContent = copied ? 'Copied' : 'Not copied';
      setTimeout(() => { button.textContent = 'Copy'; }, 2000);
    });
  }
`;
