// Which cameras of a room are shown how.

/** @typedef {'live'|'thumbnail'|'large'|'none'} TileKind live: its own connection · large: the large view's stream once more */
/** @typedef {{room: string, on_air: boolean}} Camera */

/** A device of less memory than this, in GiB, decodes one video well and not five. */
const LITTLE_MEMORY = 2;
const SLOW_NETWORKS = new Set(['slow-2g', '2g', '3g']);
/** So many live tiles on a device that is held in the hand, and on any other. */
const MAX_LIVE_HELD = 3;
const MAX_LIVE = 8;

/**
 * What a browser tells of device and network; each of these is missing in some.
 * @typedef {{connection?: {saveData?: boolean, effectiveType?: string}, deviceMemory?: number, hardwareConcurrency?: number}} Device
 */

/** Whether several videos at once would cost this device or its network too much. @param {Device} device */
export function isWeak({ connection, deviceMemory, hardwareConcurrency }) {
  return connection?.saveData === true
    || SLOW_NETWORKS.has(connection?.effectiveType ?? '')
    || (deviceMemory ?? Infinity) < LITTLE_MEMORY
    || (hardwareConcurrency ?? Infinity) < 2;
}

/**
 * @param {object} seen
 * @param {readonly Camera[]} seen.cameras
 * @param {string} seen.current the room in the large view
 * @param {(room: string) => boolean} seen.isVisible whether its tile is on the screen
 * @param {boolean} seen.weak device or network carry no further video
 * @param {boolean} seen.held the device is held in the hand
 * @returns {Map<string, TileKind>} a tile that is not on the screen costs nothing
 */
export function planTiles({ cameras, current, isVisible, weak, held }) {
  let left = weak ? 0 : held ? MAX_LIVE_HELD : MAX_LIVE;
  /** @type {Map<string, TileKind>} */
  const plan = new Map();
  for (const { room, on_air: onAir } of cameras) {
    if (room === current) plan.set(room, 'large');
    else if (!onAir || !isVisible(room)) plan.set(room, 'none');
    else plan.set(room, left-- > 0 ? 'live' : 'thumbnail');
  }
  return plan;
}
