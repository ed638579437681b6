import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../wwwroot/js/session/hub.js';
import { ErrorQueue } from '../../wwwroot/js/session/error-queue.js';
import { RoomCommands } from '../../wwwroot/js/session/room-commands.js';

test('errors are dealt with in the order in which they came', async () => {
  const errors = new ErrorQueue();
  errors.add('hub');
  errors.add('broken');
  assert.deepEqual([await errors.next(), await errors.next()], ['hub', 'broken']);
});

test('a wait ends with the next error or with the queue', async () => {
  const errors = new ErrorQueue();
  const waiting = errors.next();
  errors.add('closed');
  assert.equal(await waiting, 'closed');
  const another = errors.next();
  errors.close();
  assert.equal(await another, null);
  errors.add('hub');
  assert.equal(await errors.next(), null);
});

test('errors of before a new connection are dropped', async () => {
  const errors = new ErrorQueue();
  errors.add('broken');
  errors.clear();
  errors.add('asked');
  assert.equal(await errors.next(), 'asked');
});

function ways({ open, refusal }) {
  const sent = [];
  const notices = [];
  const hub = { isOpen: open, call: async (method, body) => {
    sent.push([method, body]);
    if (refusal) throw refusal;
  } };
  const link = { post: (message) => sent.push(message) };
  return { sent, notices, commands: new RoomCommands(() => ({ hub, link }), (notice) => notices.push(notice)) };
}

test('commands go by the hub while it is there', () => {
  const { sent, commands } = ways({ open: true });
  commands.select(0.25, 0.5, 0);
  commands.select(0.25, 0.5, 1);
  commands.release();
  commands.configure({ blur: 0.5 });
  assert.deepEqual(sent, [
    ['Select', { x: 0.25, y: 0.5 }], ['Select', { x: 0.25, y: 0.5, slot: 1 }], ['Release', undefined], ['Configure', { blur: 0.5 }],
  ]);
});

test('and by the data channel where signalling is away', () => {
  const { sent, commands } = ways({ open: false });
  commands.select(0.25, 0.5, 1);
  commands.release();
  commands.configure({ blur: 0.5 });
  assert.deepEqual(sent, [{ type: 'select', x: 0.25, y: 0.5, slot: 1 }, { type: 'release' }, { type: 'configure', blur: 0.5 }]);
});

test('a refused command becomes a notice, and a lost one does not', async () => {
  const refused = ways({ open: true, refusal: new Refusal('HubException: bad_value: No.') });
  refused.commands.configure({ blur: 7 });
  await new Promise(setImmediate);
  assert.deepEqual(refused.notices, [{ type: 'notice', code: 'bad_value', message: 'No.', recoverable: true }]);
  const lost = ways({ open: true, refusal: new Error('timeout') });
  lost.commands.release();
  await new Promise(setImmediate);
  assert.deepEqual(lost.notices, []);
});
