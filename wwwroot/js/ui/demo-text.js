// Sentences of the demo.

export const demoText = Object.freeze({
  end: 'End the demo',
  name: 'Demo clip',
  note: 'Demo: this page draws the street and sends it as a camera. What is found in it is found for real.',
});
