/**
 * An expression for a page: what keeps people from reading or using it, of what WCAG 2.2 asks for. Contrast of text (1.4.3),
 * names of controls (4.1.2), one heading of the first level and none left out (1.3.1), a language (3.1.1), ids that are
 * there once, and links that lead somewhere.
 */
export const accessibilityFaults = `(() => {
  const faults = [];
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = numbers(colour).map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let one = element; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (numbers(colour)[3] !== 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (node.data.trim() === '' || !element.checkVisibility() || element.closest('script, option')) continue;
    if (element.closest('label')?.querySelector(':disabled')) continue;
    const style = getComputedStyle(element);
    const colour = element instanceof SVGElement ? style.fill : style.color;
    const [a, b] = [luminance(colour), luminance(behind(element))].sort((one, other) => other - one);
    const contrast = (a + 0.05) / (b + 0.05);
    if (contrast < 4.5) faults.push('contrast ' + contrast.toFixed(2) + ': ' + node.data.trim().slice(0, 40));
  }
  for (const field of document.querySelectorAll('input, select, button')) {
    const name = field.getAttribute('aria-label') ?? field.labels?.[0]?.textContent ?? field.textContent;
    if (!name.trim()) faults.push('no name: ' + field.outerHTML.slice(0, 80));
  }
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) => Number(tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) faults.push('not one h1');
  if (levels.some((level, i) => i > 0 && level > levels[i - 1] + 1)) faults.push('a level of headings is left out');
  if (!document.documentElement.lang) faults.push('no language');
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  if (new Set(ids).size < ids.length) faults.push('an id twice');
  for (const link of document.querySelectorAll('a[href^="#"]'))
    if (!document.getElementById(link.hash.slice(1))) faults.push('leads nowhere: ' + link.hash);
  for (const picture of document.querySelectorAll('svg'))
    if (!picture.getAttribute('aria-label')) faults.push('a picture without words');
  return [...new Set(faults)];
})()`;
