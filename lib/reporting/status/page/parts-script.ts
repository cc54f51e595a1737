/**
 * Searches all parts by what the first part says of each certificate, and gives links between parts the signatures that
 * `perennial-tls open` put behind the `#`: a presigned address opens one object. Runs after the other script.
 */
export const PARTS_SCRIPT = `
const SHOWN = 100;
const fragment = new URLSearchParams(location.hash.slice(1));
const signatures = (fragment.get('s') ?? '').split('.');
const partOf = (address) => Number(/part-(\\d+)/.exec(address)?.[1] ?? 1);
const hex = (text) =>
  Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0).toString(16).padStart(2, '0')).join('');
/** The same address with what it needs here; undefined where it cannot be opened. */
function addressOf(address, words) {
  const signature = signatures[partOf(address) - 1];
  if (/X-Amz-Signature=/.test(location.search) && !signature) return undefined;
  const query = location.search.replace(/X-Amz-Signature=[0-9a-f]+/, () => 'X-Amz-Signature=' + hex(signature));
  const rest = new URLSearchParams({ ...(words && { q: words }), ...(fragment.get('s') && { s: fragment.get('s') }) });
  return address + query + (rest.size === 0 ? '' : '#' + rest);
}
function point(link, address, words) {
  const found = addressOf(address, words);
  if (found === undefined) byId('alone').hidden = false;
  if (found === undefined) link.removeAttribute('href');
  else link.href = found;
  return link;
}
for (const link of document.querySelectorAll('a')) point(link, link.getAttribute('href'));
const all = byId('all');
const places = [...(all?.querySelectorAll('pre') ?? [])].flatMap((list, part) =>
  list.textContent.split('\\n').filter(Boolean).map((line) => ({ part: part + 1, line, text: line.toLowerCase() })),
);
const add = (parent, tag, text = '') => {
  const element = document.createElement(tag);
  element.textContent = text;
  parent.append(element);
  return element;
};
function linkTo(parent, part, text, words) {
  point(add(parent, 'a', text), part === 1 ? 'index.html' : 'part-' + part + '.html', words);
}
function showElsewhere() {
  const section = byId('elsewhere');
  const value = byId('q').value.trim();
  const words = value.toLowerCase().split(/\\s+/).filter(Boolean);
  const isUnwell = byId('unwell').checked;
  section.replaceChildren();
  section.hidden = words.length === 0 && !(all && isUnwell);
  if (section.hidden) return;
  if (!all) return linkTo(section, 1, 'Search all parts for ' + value, value);
  const unwell = isUnwell ? Number(all.dataset.unwell) : places.length;
  const found = places.slice(0, unwell).filter(({ part, text }) => part !== 1 && words.every((word) => text.includes(word)));
  add(section, 'p', found.length === 0 ? 'None in other parts' : found.length + ' in other parts:');
  const list = add(section, 'ul');
  for (const { part, line } of found.slice(0, SHOWN)) {
    const [state, name] = line.split('\\t');
    const item = add(list, 'li');
    linkTo(item, part, name, name);
    item.append(' ' + state + ', part ' + part);
  }
  if (found.length > SHOWN) add(list, 'li', 'and ' + (found.length - SHOWN) + ' more');
}
byId('q').addEventListener('input', showElsewhere);
byId('unwell').addEventListener('change', showElsewhere);
byId('q').value = fragment.get('q') ?? byId('q').value;
byId('q').dispatchEvent(new Event('input'));
`;
