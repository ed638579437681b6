// Sentences of the page that is framed by pages of others: it says little, and only while it has no picture.
import { spoken } from './language.js';

/** Of the page `/embed`. */
export const embedText = spoken('embed', Object.freeze({
  title: 'Live picture',
  waiting: 'Waiting for a camera',
  connecting: 'Connecting',
  away: 'Connection lost, coming back',
}));
