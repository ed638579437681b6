// What page and worker say to each other.

/** @typedef {import('../session/messages.js').DetectionsMessage} DetectionsMessage */
/** @typedef {import('./track/byte-tracker.js').TrackerState} TrackerState */
/** @typedef {'wasm'|'webgpu'} Provider */
/** @typedef {Provider|'embedded'} Engine what detects: a model on a provider, or the motion detector */
/** @typedef {{name: string, url?: string, file?: Blob}} ModelSource by its address on the server, or a file that was dropped */

/**
 * @typedef {object} VisionSettings
 * @property {number} confidence
 * @property {number} nms
 * @property {number} maxDetections
 * @property {number} perSecond detections a second at most
 */

/**
 * @typedef {object} OpenCommand
 * @property {'open'} type
 * @property {ModelSource} detector
 * @property {ModelSource[]} masks one, or an encoder and its decoder; none where an ellipse shall do
 * @property {string} [token]
 * @property {Provider|'auto'} provider
 * @property {boolean} phone
 * @property {VisionSettings} settings
 */

/** @typedef {{type: 'picture', picture: VideoFrame|ImageBitmap, stampMs: number}} PictureCommand */
/** @typedef {{type: 'track', readable: ReadableStream<VideoFrame>}|{type: 'untrack'}} TrackCommand */
/** @typedef {{type: 'configure', settings: VisionSettings}} ConfigureCommand */
/** @typedef {{type: 'restore', state: TrackerState}} RestoreCommand goes on where another worker stopped */
/** @typedef {{type: 'rename', names: Map<number, number>}} RenameCommand objects are called as the room calls them */
/** @typedef {{type: 'target', id: number|null}} TargetCommand */
/** @typedef {OpenCommand|PictureCommand|TrackCommand|ConfigureCommand|RestoreCommand|RenameCommand|TargetCommand} VisionCommand */

/** @typedef {{type: 'progress', name: string, bytes: number, total: number, perSecond: number}} ProgressReport */
/** @typedef {{type: 'stage', stage: 'fetching'|'compiling'|'timing', name: string}} StageReport */

/**
 * @typedef {object} ReadyFacts
 * @property {string} model
 * @property {number} width of its input
 * @property {number} height
 * @property {string|null} masks the mask model
 * @property {string[]} resources addresses that the worker loaded
 */
/** @typedef {{type: 'ready'} & ReadyFacts & import('./open-models.js').HowItRuns} ReadyReport */

/**
 * Of one picture. A camera's stamp is still by the clock of its pictures.
 * @typedef {object} ResultReport
 * @property {'result'} type
 * @property {DetectionsMessage} message
 * @property {number} stampMs
 * @property {number|null} arrivedMs since 1970; null where the page gave the stamp itself
 * @property {TrackerState} state
 * @property {number} runs of the model since the worker began
 * @property {number} encoded crops that the mask model encoded since then
 */

/** @typedef {{type: 'error', code: 'runtime'|'model'|'memory'|'run', message: string}} ErrorReport */
/** @typedef {ProgressReport|StageReport|ReadyReport|ResultReport|ErrorReport} VisionReport */

export {};
