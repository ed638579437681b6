// A slider with its value beside it.
import { byId, setText } from '../ui/dom.js';

/**
 * Says its value at once and at every change.
 * @param {string} id of the input; its output is called so with "-value"
 * @param {(value: number) => string} show @param {(value: number) => void} onChange
 */
export function bindSlider(id, show, onChange) {
  const input = byId(id, HTMLInputElement);
  const output = byId(`${id}-value`, HTMLOutputElement);
  const apply = () => {
    setText(output, show(Number(input.value)));
    onChange(Number(input.value));
  };
  input.addEventListener('input', apply);
  apply();
}
