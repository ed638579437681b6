// Sentences of the page that is framed by pages of others: it says little, and only while it has no picture.

/** Of the page `/embed`. */
export const embedText = Object.freeze({
  title: 'Live picture',
  waiting: 'Waiting for a camera',
  connecting: 'Connecting',
  away: 'Connection lost, coming back',
});
