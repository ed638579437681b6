// Sentences of the page that is framed by others.

/** Of the page `/embed`. */
export const embedText = Object.freeze({
  title: 'Live picture',
  waiting: 'Waiting for a camera',
  connecting: 'Connecting',
  away: 'Connection lost, coming back',
});
