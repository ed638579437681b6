// Which node of a cluster a room's signalling goes to.

const OWN = '/hub';

/**
 * The hub's address: the page's own server, a node that it sent this client to, or, when that one is gone, any other that is known. Each
 * may be asked for any room.
 */
export class NodeAddress {
  #url = OWN;
  /** The other nodes' hubs, as the last join told them. @type {string[]} */
  #others = [];
  /** Those that were tried since one of them answered. @type {Set<string>} */
  #tried = new Set();

  get url() {
    return this.#url;
  }

  /** @param {unknown} url as a node sent it @returns {boolean} whether it is an address */
  redirect(url) {
    try {
      const { protocol } = new URL(String(url));
      if (protocol !== 'https:' && protocol !== 'http:') return false;
    } catch {
      return false;
    }
    this.#url = String(url);
    return true;
  }

  /** @param {{node?: string, nodes?: string[]}} reply of the node that let this client in */
  joined({ node, nodes }) {
    this.#tried.clear();
    this.#others = (nodes ?? []).map((base) => new URL(OWN.slice(1), base).href);
    if (node) this.#url = `${this.#url.split('?')[0]}?node=${encodeURIComponent(node)}`;
  }

  /** The node does not answer. @returns {boolean} whether there is another to be asked at once */
  failed() {
    this.#tried.add(this.#url);
    // Where nodes have addresses of their own, this one's leads to it without a hint as well.
    if (this.#others.length > 0) this.#tried.add(this.#url.split('?')[0]);
    const next = [OWN, ...this.#others].find((url) => !this.#tried.has(url));
    if (!next) this.#tried.clear();
    this.#url = next ?? OWN;
    return next !== undefined;
  }

  /** Whatever was said of nodes is past: the page's own server is asked next. */
  reset() {
    this.#url = OWN;
    this.#tried.clear();
  }
}
