// Why there is no camera, and what to do about it.
import { text } from '../ui/text.js';
import { reasonOf } from './camera.js';

/** @param {unknown} error of getUserMedia */
export function cameraAdvice(error) {
  const reason = reasonOf(error);
  return `${text.phone[reason]}. ${text.phone[`${reason}Advice`]}`;
}
