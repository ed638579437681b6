import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusal } from '../../wwwroot/js/hub.js';
import { Troubles } from '../../wwwroot/js/troubles.js';
import { Wishes } from '../../wwwroot/js/wishes.js';

test('troubles are dealt with in the order in which they came', async () => {
  const troubles = new Troubles();
  troubles.add('hub');
  troubles.add('broken');
  assert.deepEqual([await troubles.next(), await troubles.next()], ['hub', 'broken']);
});

test('who waits for trouble is told of the next one, or that nobody minds any more', async () => {
  const troubles = new Troubles();
  const waiting = troubles.next();
  troubles.add('closed');
  assert.equal(await waiting, 'closed');
  const another = troubles.next();
  troubles.close();
  assert.equal(await another, null);
  troubles.add('hub');
  assert.equal(await troubles.next(), null);
});

test('what was wrong before everything was made anew is of no matter', async () => {
  const troubles = new Troubles();
  troubles.add('broken');
  troubles.clear();
  troubles.add('asked');
  assert.equal(await troubles.next(), 'asked');
});

function ways({ open, refusal }) {
  const sent = [];
  const notices = [];
  const hub = { isOpen: open, call: async (method, body) => {
    sent.push([method, body]);
    if (refusal) throw refusal;
  } };
  const link = { post: (message) => sent.push(message) };
  return { sent, notices, wishes: new Wishes(() => ({ hub, link }), (notice) => notices.push(notice)) };
}

test('wishes go by the hub while it is there', () => {
  const { sent, wishes } = ways({ open: true });
  wishes.select(0.25, 0.5, 0);
  wishes.select(0.25, 0.5, 1);
  wishes.release();
  wishes.configure({ blur: 0.5 });
  assert.deepEqual(sent, [
    ['Select', { x: 0.25, y: 0.5 }], ['Select', { x: 0.25, y: 0.5, slot: 1 }], ['Release', undefined], ['Configure', { blur: 0.5 }],
  ]);
});

test('and by the data channel where signalling is away', () => {
  const { sent, wishes } = ways({ open: false });
  wishes.select(0.25, 0.5, 1);
  wishes.release();
  wishes.configure({ blur: 0.5 });
  assert.deepEqual(sent, [{ type: 'select', x: 0.25, y: 0.5, slot: 1 }, { type: 'release' }, { type: 'configure', blur: 0.5 }]);
});

test('a refused wish is told as a notice, and a lost one is not', async () => {
  const refused = ways({ open: true, refusal: new Refusal('HubException: bad_value: No.') });
  refused.wishes.configure({ blur: 7 });
  await new Promise(setImmediate);
  assert.deepEqual(refused.notices, [{ type: 'notice', code: 'bad_value', message: 'No.', recoverable: true }]);
  const lost = ways({ open: true, refusal: new Error('timeout') });
  lost.wishes.release();
  await new Promise(setImmediate);
  assert.deepEqual(lost.notices, []);
});
