/** Searches the rows, copies commands, and says when the page is old. Runs in the reader's browser, allowed by its hash. */
export const SCRIPT = `
const byId = (id) => document.getElementById(id);
const rows = [...document.querySelectorAll('tbody tr')].map((row) => ({
  row,
  text: row.textContent.toLowerCase(),
  unwell: row.className === 'bad',
}));
function show() {
  const words = byId('q').value.toLowerCase().split(/\\s+/).filter(Boolean);
  let shown = 0;
  for (const { row, text, unwell } of rows) {
    row.hidden = (byId('unwell').checked && !unwell) || !words.every((word) => text.includes(word));
    if (!row.hidden) shown += 1;
  }
  byId('shown').textContent = shown === rows.length ? '' : shown + ' of ' + rows.length;
}
for (const run of document.querySelectorAll('.run')) {
  const code = run.firstElementChild;
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'copy';
  button.setAttribute('aria-label', 'copy the command ' + code.textContent);
  button.addEventListener('click', async () => {
    const selection = getSelection();
    selection.selectAllChildren(code);
    let copied = document.execCommand('copy');
    if (!copied) copied = await navigator.clipboard.writeText(code.textContent).then(() => true, () => false);
    button.textContent = copied ? 'copied' : 'marked';
  });
  run.append(button);
}
byId('q').addEventListener('input', show);
byId('unwell').addEventListener('change', show);
document.querySelector('form').addEventListener('submit', (event) => event.preventDefault());
const hours = Math.floor((Date.now() - Date.parse(byId('at').dateTime)) / 3600000);
if (hours >= 2) document.title = 'Old: ' + document.title;
if (hours >= 2) byId('old').textContent = ', which is ' + (hours < 48 ? hours + ' hours' : Math.floor(hours / 24) + ' days') + ' ago';
`;
