// The room's settings as somebody is changing them.

/** @typedef {import('../session/messages.js').RoomSettings} RoomSettings */

/**
 * What the room has, and what was changed here and not sent yet. What others change shows, but never under a finger
 * that is moving: a field that waits to be sent keeps its own value.
 */
export class SettingsEdit {
  /** @type {RoomSettings|null} */ #settings = null;
  /** @type {Partial<RoomSettings>} */ #pending = {};

  /** As they show here; null before the join told them. */
  get settings() {
    return this.#settings;
  }

  /** The server's word. @param {RoomSettings} settings @returns {RoomSettings} what to show */
  receive(settings) {
    this.#settings = { ...settings, ...this.#pending };
    return this.#settings;
  }

  /** @param {Partial<RoomSettings>} patch */
  change(patch) {
    Object.assign(this.#pending, patch);
    if (this.#settings) this.#settings = { ...this.#settings, ...patch };
  }

  /** What is to be sent, once. @returns {Partial<RoomSettings>} only the fields that were changed */
  take() {
    const patch = this.#pending;
    this.#pending = {};
    return patch;
  }
}

/** The server takes an empty list for "all of them"; this one, which is no model's label, stands for none. */
export const NO_CLASS = 'none';

/** Whether a class is wanted. @param {readonly string[]} chosen @param {string} label */
export function isWanted(chosen, label) {
  return chosen.length === 0 || chosen.includes(label);
}

/**
 * The classes that are wanted after one of them was pressed; an empty list means all, one with {@link NO_CLASS} none.
 * @param {readonly string[]} chosen @param {ReadonlySet<string>} seen all that are offered @param {string} label
 * @returns {string[]}
 */
export function toggleClass(chosen, seen, label) {
  const base = chosen.length === 0 ? [...seen] : chosen.filter((other) => other !== NO_CLASS);
  const after = base.includes(label) ? base.filter((other) => other !== label) : [...base, label];
  if (after.length === 0) return [NO_CLASS];
  // All of them chosen is the same as no choice.
  return after.length === seen.size ? [] : after;
}
