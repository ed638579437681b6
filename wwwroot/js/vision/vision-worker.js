// The worker that detects: it owns models, pictures on their way, and the tracker.
import { VisionLoop } from './vision-loop.js';

const loop = new VisionLoop((report) => postMessage(report));
addEventListener('message', ({ data }) => loop.handle(data));
