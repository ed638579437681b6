// Uploads that outlive the page.
const KEY = 'rtc-uploads';
const MAX_KEPT = 50;

/** @typedef {{at: string, name: string, size: number, modified: number}} KeptUpload */

/**
 * Remembers in this browser where uploads are and of which files: no page may keep a file itself, so the same one is chosen again, and is
 * known by its name, size and time.
 */
export class KeptUploads {
  /** @returns {KeptUpload[]} */
  list() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]');
      return Array.isArray(kept) ? kept.filter((one) => typeof one?.at === 'string' && one.size > 0 && typeof one.name === 'string') : [];
    } catch {
      return [];
    }
  }

  /** @param {string} at @param {File} file */
  add(at, file) {
    const kept = this.list().filter((one) => one.at !== at);
    this.#write([...kept, { at, name: file.name, size: file.size, modified: file.lastModified }].slice(-MAX_KEPT));
  }

  /** @param {string} at */
  remove(at) {
    const kept = this.list();
    if (kept.some((one) => one.at === at)) this.#write(kept.filter((one) => one.at !== at));
  }

  /** The upload that a file was chosen for before. @param {File} file @returns {KeptUpload|undefined} */
  find(file) {
    return this.list().find((one) => KeptUploads.isSame(one, file));
  }

  /** @param {KeptUpload} kept @param {File} file */
  static isSame(kept, file) {
    return kept.name === file.name && kept.size === file.size && kept.modified === file.lastModified;
  }

  /** @param {KeptUpload[]} kept */
  #write(kept) {
    try {
      localStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // A browser that keeps nothing still uploads; only a reload costs what was sent.
    }
  }
}
