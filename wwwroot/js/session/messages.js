/**
 * The messages of the data channel "vision" and of the hub, as they come over the wire (snake_case JSON).
 * Unknown types and fields are ignored, and a message that is not one is null, never an exception.
 */

/**
 * @typedef {object} WireDetection
 * @property {number} track_id
 * @property {string} label
 * @property {number} score
 * @property {number} xmin fractions of the upright picture
 * @property {number} ymin
 * @property {number} xmax
 * @property {number} ymax
 * @property {boolean} predicted true where the tracker carried the box on without seeing the object
 */

/** @typedef {{track_id: number, width: number, height: number, rle: number[]}} WireMask */

/** @typedef {'optimal'|'moderate'|'high'|'critical'} Level */

/**
 * @typedef {object} DetectionsMessage
 * @property {'detections'} type
 * @property {string} room
 * @property {number} frame_id
 * @property {number} rtp_timestamp
 * @property {number|null} capture_ts
 * @property {number} recv_ts
 * @property {number} inference_ts
 * @property {number} width
 * @property {number} height
 * @property {string} model
 * @property {string} provider
 * @property {'server'|'browser'} [source] who detected
 * @property {Level} level
 * @property {number|null} target_id
 * @property {number|null} [second_target_id]
 * @property {WireDetection[]} detections
 * @property {WireMask|null} [mask]
 * @property {{label: string, coverage: number, color: number[]}[]} [classes] largest first; where the room segments
 * @property {{queue: number, prepare?: number, detect: number, track: number, mask: number}} [timings_ms]
 */

/**
 * @typedef {object} StatsMessage
 * @property {'stats'} type
 * @property {string} room
 * @property {Level} level
 * @property {string} model
 * @property {string} provider
 * @property {number} received_fps
 * @property {number} detected_fps
 * @property {number} rendered_fps
 * @property {number} age_ms
 * @property {number} queue_ms
 * @property {number} detect_ms
 * @property {number} bitrate_kbps
 * @property {number} loss
 * @property {number} dropped
 * @property {number} viewers
 * @property {number} phones
 * @property {ZoneCount[]|null} [zones]
 * @property {{view: 'source'|'annotated', duration_seconds: number}} [recording] left out while the room is not recorded
 */

/**
 * What a zone or line counted since it was drawn. For a line, entered is forth and left is back.
 * @typedef {object} ZoneCount
 * @property {string} name
 * @property {number} inside
 * @property {number} entered
 * @property {number} left
 * @property {number} mean_dwell_seconds
 * @property {Record<string, number>} per_class
 */

/**
 * Two points are a line, three and more a zone; fractions of the picture.
 * @typedef {{name: string, points: [number, number][]}} WireZone
 */

/** @typedef {{type: 'notice', code: string, message: string, recoverable: boolean}} NoticeMessage */
/** @typedef {{type: 'pong', id?: number}} PongMessage */
/** @typedef {'plain'|'annotate'|'focus'|'focus+annotate'|'privacy'|'segment'} Mode */

/**
 * @typedef {object} RoomSettings
 * @property {Mode} mode
 * @property {string} model
 * @property {number} confidence
 * @property {number} nms
 * @property {number} max_detections
 * @property {'bytetrack'|'botsort'} tracker
 * @property {number} blur
 * @property {string[]} classes
 * @property {number} detect_every
 * @property {number} mask_every
 * @property {number} [trails] seconds of each track's way that are drawn behind it
 * @property {WireZone[]|null} [zones]
 */

/** Only what changed, once the join has told all of them. @typedef {{type: 'settings', settings: Partial<RoomSettings>}} SettingsMessage */
/** @typedef {{type: 'peers', phones: number, viewers: number}} PeersMessage */
/** The room is at another node of the cluster. @typedef {{type: 'redirect', room: string, node: string, url: string}} RedirectMessage */
/** @typedef {RedirectMessage|DetectionsMessage|StatsMessage|NoticeMessage|PongMessage|SettingsMessage|PeersMessage} Message */

/**
 * @typedef {object} ModelEntry
 * @property {string} name
 * @property {string} task
 * @property {string} licence
 * @property {boolean} on_disk
 * @property {string|null} provider
 * @property {string|null} problem
 */

/**
 * @typedef {object} JoinReply
 * @property {string} peer_id
 * @property {string} resume
 * @property {'camera'|'operator'|'supervisor'|'watcher'} [rights] a watcher changes nothing in the room
 * @property {RTCIceServer[]} ice_servers
 * @property {RoomSettings} settings
 * @property {ModelEntry[]} models
 * @property {string} [node] in a cluster: leads back to this node
 * @property {string[]} [nodes] in a cluster: addresses of its other nodes
 */

const TYPES = new Set(['detections', 'stats', 'notice', 'pong', 'settings', 'peers', 'redirect']);

/**
 * Gives an object that came without its type (the hub's methods carry it in their name) that type.
 * @param {string} type
 * @param {unknown} body
 * @returns {Message|null}
 */
export function asMessage(type, body) {
  if (!TYPES.has(type) || typeof body !== 'object' || body === null) return null;
  if (type === 'settings' && !('settings' in body)) {
    return { type: 'settings', settings: /** @type {RoomSettings} */ (body) };
  }
  if (type === 'detections' && !Array.isArray(/** @type {any} */ (body).detections)) return null;
  return /** @type {Message} */ ({ ...body, type });
}

/**
 * @param {unknown} data a data channel message
 * @returns {Message|null}
 */
export function readMessage(data) {
  if (typeof data !== 'string') return null;
  try {
    const body = JSON.parse(data);
    return asMessage(String(body?.type), body);
  } catch {
    return null;
  }
}

/**
 * True where the detector has no weights: the one that sees what moves.
 * @param {string|null|undefined} model
 */
export function isMotion(model) {
  return model === 'motion';
}
