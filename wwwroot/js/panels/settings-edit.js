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

/**
 * The classes that are wanted after one of them was pressed; none means all.
 * @param {readonly string[]} chosen @param {ReadonlySet<string>} seen all that are offered @param {string} label
 * @returns {string[]}
 */
export function toggleClass(chosen, seen, label) {
  const base = chosen.length === 0 ? [...seen] : chosen;
  const after = base.includes(label) ? base.filter((other) => other !== label) : [...base, label];
  // All of them chosen, or none left, is the same as no choice.
  return after.length === seen.size ? [] : after;
}
