// One operation on the reference page.
import { make } from '../ui/dom.js';
import { text } from '../ui/text.js';
import { curlLines } from './curl.js';

/** @typedef {import('./document.js').Operation} Operation */
/** @typedef {import('./document.js').Answer} Answer */
/** @typedef {import('./document.js').Parameter} Parameter */
/** @typedef {import('./document.js').MessageEntry} MessageEntry */

/** A body as people read it. @param {unknown} example */
export function shown(example) {
  return typeof example === 'string' ? example.replaceAll('\r\n', '\n').trimEnd() : JSON.stringify(example, null, 2);
}

/**
 * @param {Operation} operation @param {string} origin @param {boolean} keys whether the server asks for tokens
 * @param {(text: string) => void} onCopy
 * @returns {HTMLElement}
 */
export function operationCard(operation, origin, keys, onCopy) {
  const { id, method, path, summary, description, who, parameters, body, answers } = operation;
  const command = curlLines(operation, origin, keys).join('\n');
  const button = make('button', {
    class: 'button button-small',
    text: text.reference.copy,
    attributes: { type: 'button', 'aria-label': text.reference.copyNamed(summary) },
    on: { click: () => onCopy(command) },
  });
  return make('details', { class: 'operation', attributes: { id } },
    make('summary', {},
      make('span', { class: `method method-${method.toLowerCase()}`, text: method }),
      make('code', { class: 'path' }, ...breakable(path)),
      make('span', { class: 'operation-summary', text: summary })),
    make('div', { class: 'operation-body' },
      ...(description ? [make('p', { text: description })] : []),
      make('p', { class: 'who' }, make('strong', { text: text.reference.who }), ` ${who}`),
      ...(parameters.length > 0 ? [make('h3', { text: text.reference.parameters }), parameterList(parameters)] : []),
      ...(body ? [make('h3', { text: text.reference.body(body.type) })] : []),
      ...(body?.example === undefined ? [] : [block(shown(body.example), text.reference.bodyOf(summary))]),
      make('div', { class: 'code-head' }, make('h3', { text: text.reference.example }), button),
      block(command, text.reference.commandOf(summary)),
      make('h3', { text: text.reference.answers }),
      make('ul', { class: 'answers' }, ...answers.map((answer) => answerRow(answer, summary)))));
}

/** @param {MessageEntry} message @returns {HTMLElement} */
export function messageCard({ name, summary, hub, example }) {
  return make('details', { class: 'operation', attributes: { id: `message-${name}` } },
    make('summary', {},
      make('code', { class: 'path', text: name }),
      make('span', { class: 'operation-summary', text: summary })),
    make('div', { class: 'operation-body' },
      ...(hub ? [make('p', { class: 'who' }, make('strong', { text: text.reference.hub }), ' ', make('code', { text: hub }))] : []),
      block(shown(example), text.reference.messageOf(name))));
}

/** A path that breaks before its slashes, where it is too long for its line. @param {string} path @returns {(Node|string)[]} */
function breakable(path) {
  return path.split(/(?=\/)/).flatMap((part, i) => (i === 0 ? [part] : [make('wbr'), part]));
}

/** @param {Parameter[]} parameters */
function parameterList(parameters) {
  return make('dl', { class: 'parameters' }, ...parameters.flatMap(({ name, where, required, description, kind }) => [
    make('dt', {}, make('code', { text: name }), make('span', { class: 'where', text: text.reference.where(where, required) })),
    make('dd', {}, `${description} `, make('span', { class: 'kind', text: kind })),
  ]));
}

/** @param {Answer} answer @param {string} summary */
function answerRow({ status, description, headers, body }, summary) {
  const good = status.startsWith('2');
  const row = make('li', {},
    make('span', { class: `chip ${good ? 'chip-good' : ''}`, text: status }),
    make('span', { text: description }));
  const facts = [...(good && body ? [body.type] : []), ...(headers.length > 0 ? [text.reference.headers(headers.join(', '))] : [])];
  if (facts.length > 0) row.append(make('span', { class: 'kind', text: facts.join(' · ') }));
  if (good && body?.example !== undefined) row.append(block(shown(body.example), text.reference.answerOf(status, summary)));
  return row;
}

/** Code that scrolls by itself, by keyboard too. @param {string} code @param {string} name */
function block(code, name) {
  return make('pre', { class: 'code', attributes: { tabindex: '0', role: 'group', 'aria-label': name } }, make('code', { text: code }));
}
