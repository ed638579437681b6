// What is looked for, between the form, the address and the API.

/** @typedef {import('./events-api.js').Search} Search */

const NAMES = /** @type {const} */ (['room', 'class', 'rule', 'from', 'to']);

/** @param {string} address the query of the page's address @returns {Search} */
export function searchOf(address) {
  const query = new URLSearchParams(address);
  return Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? '']).filter(([, value]) => value !== ''));
}

/** Without what is not looked for. @param {Record<string, FormDataEntryValue|string>} form @returns {Search} */
export function searchOfForm(form) {
  return Object.fromEntries(NAMES.map((name) => [name, String(form[name] ?? '').trim()]).filter(([, value]) => value !== ''));
}

/** A time of this device, as the form gives it, as the API wants it. @param {Search} search @returns {Search} */
export function withWholeTimes(search) {
  const whole = (/** @type {string|undefined} */ time) => {
    const at = time ? new Date(time) : null;
    return at && !Number.isNaN(at.getTime()) ? at.toISOString() : undefined;
  };
  return { ...search, from: whole(search.from), to: whole(search.to) };
}

/** Whether an event that has just come belongs to what is looked for by time. @param {Search} search @param {string} happenedAt */
export function isWithin(search, happenedAt) {
  const { from, to } = withWholeTimes(search);
  const at = new Date(happenedAt).toISOString();
  return (!from || at >= from) && (!to || at < to);
}
