import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWanted, NO_CLASS, SettingsEdit, toggleClass } from '../../wwwroot/js/panels/settings-edit.js';

const ROOM = { mode: 'annotate', model: 'auto', confidence: 0.35, blur: 0.7, classes: [], detect_every: 1, mask_every: 2 };

test('only what was changed is sent, and once', () => {
  const edit = new SettingsEdit();
  edit.receive(ROOM);
  edit.change({ blur: 0.2 });
  edit.change({ blur: 0.3 });
  edit.change({ mode: 'focus' });
  assert.deepEqual(edit.take(), { blur: 0.3, mode: 'focus' });
  assert.deepEqual(edit.take(), {});
});

test('a field that waits to be sent keeps its value, others follow the room', () => {
  const edit = new SettingsEdit();
  edit.receive(ROOM);
  edit.change({ blur: 0.2 });
  assert.deepEqual(edit.receive({ ...ROOM, blur: 0.9, confidence: 0.5 }), { ...ROOM, blur: 0.2, confidence: 0.5 });
  edit.take();
  assert.equal(edit.receive({ ...ROOM, blur: 0.9 }).blur, 0.9);
});

test('a change shows at once, but not before the room is known', () => {
  const edit = new SettingsEdit();
  edit.change({ blur: 0.2 });
  assert.equal(edit.settings, null);
  assert.equal(edit.receive(ROOM).blur, 0.2);
  edit.change({ detect_every: 3 });
  assert.equal(edit.settings.detect_every, 3);
  assert.equal(ROOM.detect_every, 1);
});

test('pressing a class leaves it out, and in again', () => {
  const seen = new Set(['person', 'cup', 'dog']);
  assert.deepEqual(toggleClass([], seen, 'cup'), ['person', 'dog']);
  assert.deepEqual(toggleClass(['person', 'dog'], seen, 'dog'), ['person']);
  assert.deepEqual(toggleClass(['person'], seen, 'cup'), ['person', 'cup']);
});

test('all classes are no choice, and none of them is none', () => {
  const seen = new Set(['person', 'cup']);
  assert.deepEqual(toggleClass(['person'], seen, 'cup'), []);
  const none = toggleClass(['person'], seen, 'person');
  assert.deepEqual(none, [NO_CLASS]);
  assert.deepEqual([...seen].map((label) => isWanted(none, label)), [false, false]);
  assert.deepEqual(toggleClass(none, seen, 'cup'), ['cup']);
  assert.deepEqual([...seen].map((label) => isWanted([], label)), [true, true]);
});
