// Which fields a rule has, and how they become one.
import { whenText } from '../ui/rule-text.js';

/** @typedef {import('./rule-api.js').Rule} Rule */
/** @typedef {import('../ui/rule-text.js').When} When */
/** @typedef {'zone'|'line'|'seconds'|'count'|'direction'} Field */

/** @type {Readonly<Record<When, {fields: readonly Field[], needsPlace: boolean}>>} */
export const RULE_FIELDS = Object.freeze({
  zone_entered: { fields: ['zone'], needsPlace: true },
  zone_left: { fields: ['zone'], needsPlace: true },
  line_crossed: { fields: ['line', 'direction'], needsPlace: true },
  dwell: { fields: ['zone', 'seconds'], needsPlace: false },
  count: { fields: ['zone', 'count'], needsPlace: false },
  class_appeared: { fields: ['zone'], needsPlace: false },
  class_gone: { fields: ['zone', 'seconds'], needsPlace: false },
});

export const WHENS = /** @type {When[]} */ (Object.keys(whenText));

/** Names with commas between them. @param {string} text @returns {string[]} */
export function namesOf(text) {
  return [...new Set(text.split(',').map((name) => name.trim()).filter(Boolean))];
}

/** An id that no other rule has. @param {string} name @param {readonly string[]} taken */
export function idOf(name, taken) {
  const base = name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40) || 'rule';
  let id = base;
  for (let number = 2; taken.includes(id); number++) id = `${base}-${number}`;
  return id;
}

/** A new one. @param {string} name @param {string|null} zone @param {When} when @returns {Rule} */
export function newRule(name, zone, when) {
  return {
    rule_id: '', name, when, enabled: true, zone, direction: 'any', seconds: 10, count: 3, classes: [], confidence: 0.4, schedule: null,
    cooldown_seconds: 10, actions: {},
  };
}
