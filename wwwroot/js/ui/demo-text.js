// Sentences of the demo.
import { spoken } from './language.js';

export const demoText = spoken('demo', Object.freeze({
  end: 'End the demo',
  name: 'Demo clip',
  note: 'Demo: this page draws the street and sends it as a camera. What is found in it is found for real.',
}));
