// The device check's page.
import { CHECKS } from '../selftest/checks.js';
import { byId, icon, make, roomOfAddress, setText, show, tokenOfAddress } from '../ui/dom.js';
import { applyText } from '../ui/apply-text.js';
import { IconChoice } from '../ui/icon-choice.js';
import { text } from '../ui/text.js';
import { startPage } from '../ui/page.js';
import { Toasts } from '../ui/toasts.js';

/** @typedef {import('../selftest/checks.js').Finding} Finding */
/** @typedef {Finding['status']|'wait'|'run'} Shown */

/** @type {Readonly<Record<Shown, string>>} */
const MARKS = { wait: 'skip', run: 'pulse', good: 'check', warn: 'warn', bad: 'cross', skip: 'skip' };

/** One line of the list. */
class Row {
  #picture = icon(MARKS.wait);
  #mark = new IconChoice(this.#picture, [...new Set(Object.values(MARKS))]);
  #said = make('span', { class: 'visually-hidden' });
  #value = make('span', { class: 'value' });
  #advice = make('p', { class: 'advice' });
  /** @type {Finding|null} */ finding = null;

  /** @param {string} key @param {string} name @param {HTMLElement} list */
  constructor(key, name, list) {
    this.name = name;
    const mark = make('span', { class: 'mark' }, this.#picture, this.#said);
    this.element = make('li', { class: 'check', attributes: { 'data-check': key } },
      mark, make('h2', { text: name }), this.#value, this.#advice);
    list.append(this.element);
    this.set('wait');
  }

  /** @param {Shown} status @param {Finding|null} [finding] */
  set(status, finding = null) {
    this.finding = finding;
    this.element.dataset.status = status;
    this.#mark.show(MARKS[status]);
    setText(this.#said, text.selftest.status[status]);
    setText(this.#value, finding?.value ?? '');
    setText(this.#advice, finding?.advice ?? '');
  }
}

applyText();
startPage();

const toasts = new Toasts();
const verdict = byId('verdict', HTMLElement);
const again = byId('again', HTMLButtonElement);
const camera = byId('camera', HTMLButtonElement);
const copy = byId('copy', HTMLButtonElement);
const rows = new Map(CHECKS.map(({ key, name }) => [key, new Row(key, name, byId('checks', HTMLElement))]));
const place = { room: roomOfAddress(), token: tokenOfAddress(), askCamera: false };
camera.title = text.selftest.permitHint;

async function run() {
  for (const button of [again, camera, copy]) button.disabled = true;
  verdict.dataset.done = 'false';
  setText(verdict, text.selftest.running);
  for (const row of rows.values()) row.set('wait');
  for (const { key, run: check } of CHECKS) {
    const row = /** @type {Row} */ (rows.get(key));
    row.set('run');
    const finding = await check(place);
    row.set(finding.status, finding);
  }
  const count = (/** @type {string} */ status) => [...rows.values()].filter(({ finding }) => finding?.status === status).length;
  setText(verdict, count('bad') > 0 ? text.selftest.someBad(count('bad'))
    : count('warn') > 0 ? text.selftest.someWarn(count('warn'))
    : text.selftest.allGood);
  verdict.dataset.done = 'true';
  for (const button of [again, camera, copy]) button.disabled = false;
  show(camera, rows.get('camera')?.finding?.status === 'skip');
}

/** The result as plain text, for a message to whoever runs the server. */
function report() {
  const lines = [...rows.values()].map(({ name, finding }) => {
    const value = finding?.value ? ` (${finding.value})` : '';
    const advice = finding && finding.status !== 'good' ? `. ${finding.advice}` : '';
    return `${text.selftest.status[finding?.status ?? 'wait']}: ${name}${value}${advice}`;
  });
  const title = `${text.product}: ${text.selftest.title}, ${new Date().toISOString()}`;
  return [title, location.origin, navigator.userAgent, verdict.textContent, '', ...lines].join('\n');
}

again.addEventListener('click', () => void run());
camera.addEventListener('click', () => {
  place.askCamera = true;
  void run();
});
copy.addEventListener('click', async () => {
  try {
    await navigator.clipboard.writeText(report());
    toasts.show(text.selftest.copied, 'good');
  } catch {
    // A page without TLS has no clipboard: the text is shown to be copied by hand.
    const area = make('textarea', { class: 'input', attributes: { readonly: '', rows: '12', 'aria-label': text.selftest.copy } });
    area.value = report();
    document.querySelector('textarea')?.remove();
    byId('main', HTMLElement).append(area);
    area.select();
  }
});
void run();
