// Sentences about rules and what they wait for.
import { spoken } from './language.js';

/** @typedef {'zone_entered'|'zone_left'|'line_crossed'|'dwell'|'count'|'class_appeared'|'class_gone'} When */

/** @type {Readonly<Record<When, string>>} */
export const whenText = spoken('when', Object.freeze({
  zone_entered: 'Zone entered',
  zone_left: 'Zone left',
  line_crossed: 'Line crossed',
  dwell: 'Stays too long',
  count: 'Too many at once',
  class_appeared: 'Something appears',
  class_gone: 'Something is gone',
}));

/** Of the rules in the viewer's tab of zones. */
export const ruleText = spoken('rule', Object.freeze({
  title: 'Rules',
  none: 'No rules yet. A rule writes down what happens here, shows it under Events, and tells others.',
  add: 'Add a rule',
  edit: (/** @type {string} */ name) => `Change ${name}`,
  remove: (/** @type {string} */ name) => `Delete ${name}`,
  on: (/** @type {string} */ name) => `${name} is on`,
  events: 'Events of this room',
  saved: (/** @type {string} */ name) => `${name} is saved`,
  removed: (/** @type {string} */ name) => `${name} is deleted`,
  failed: 'The server did not answer. Try again.',
  newTitle: 'A new rule',
  editTitle: 'Change a rule',
  name: 'Name',
  when: 'When',
  where: 'Where',
  everywhere: 'Anywhere in the picture',
  noZone: 'Draw a zone first',
  noLine: 'Draw a line first',
  direction: 'Direction',
  directions: Object.freeze({ any: 'Both ways', forward: 'Forth', backward: 'Back' }),
  seconds: 'Seconds',
  count: 'More than',
  classes: 'Classes',
  classesHint: 'Names with commas between them, such as person, car. Empty is everything.',
  confidence: 'Least score',
  cooldown: 'Silence after an event, in seconds',
  schedule: 'Only at some times',
  days: Object.freeze({ mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' }),
  daysName: 'Days',
  from: 'From',
  to: 'To',
  record: 'Record the seconds around it',
  before: 'Before',
  after: 'After',
  mqtt: 'Tell MQTT',
  webhook: 'Post to this address',
  webhookHint: 'Signed JSON, tried again until it is taken.',
  save: 'Save',
  cancel: 'Cancel',
  about: (/** @type {string} */ when, /** @type {string} */ zone, /** @type {readonly string[]} */ classes) =>
    [when, zone, classes.join(', ')].filter(Boolean).join(' · '),
}));
