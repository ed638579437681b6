// The page /api: the server's HTTP routes and messages, out of its OpenAPI document.
import { readGroups, readMessages } from '../reference/document.js';
import { messageCard, operationCard } from '../reference/operation-card.js';
import { api } from '../session/api.js';
import { applyText } from '../ui/apply-text.js';
import { byId, make, setText, show } from '../ui/dom.js';
import { text } from '../ui/text.js';
import { startPage } from '../ui/page.js';
import { Toasts } from '../ui/toasts.js';

applyText();
startPage();

const toasts = new Toasts();
const contents = byId('contents', HTMLElement);
const routes = byId('routes', HTMLElement);
const status = byId('status', HTMLElement);

/** @param {string} command */
async function copy(command) {
  try {
    await navigator.clipboard.writeText(command);
    toasts.show(text.reference.copied, 'good');
  } catch {
    // A page without TLS has no clipboard: the command stands there to be selected.
    toasts.show(text.reference.notCopied, 'warn');
  }
}

/** @param {string} name @param {string} description @param {HTMLElement[]} cards */
function addSection(name, description, cards) {
  const id = name.toLowerCase().replaceAll(/[^a-z]+/g, '-');
  contents.append(make('li', {}, make('a', { text: name, attributes: { href: `#${id}` } })));
  routes.append(make('section', { class: 'group', attributes: { 'aria-labelledby': id } },
    make('div', { class: 'group-head' }, make('h2', { text: name, attributes: { id } }), make('p', { text: description })),
    make('div', { class: 'card operations' }, ...cards)));
}

/** The address may name an operation or a section that was not there when the page came. */
function goToFragment() {
  const found = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (found instanceof HTMLDetailsElement) found.open = true;
  found?.scrollIntoView();
}

async function load() {
  try {
    const [root, health] = await Promise.all([api.openApi(), api.health().catch(() => null)]);
    const keys = health?.tokens_required === true;
    const onCopy = (/** @type {string} */ command) => void copy(command);
    for (const { name, description, operations } of readGroups(root)) {
      addSection(name, description, operations.map((operation) => operationCard(operation, location.origin, keys, onCopy)));
    }
    const cards = (/** @type {string} */ wanted) => readMessages(root).filter(({ direction }) => direction === wanted).map(messageCard);
    addSection(text.reference.toServer, text.reference.toServerHint, cards('to server'));
    addSection(text.reference.toClient, text.reference.toClientHint, cards('to client'));
    show(status, false);
    goToFragment();
  } catch {
    setText(status, text.reference.failed);
  }
}

window.addEventListener('hashchange', goToFragment);
void load();
