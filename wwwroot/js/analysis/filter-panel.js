// The controls of the filter.
import { colourOf, numberOf } from '../overlay/palette.js';
import { analysisText } from '../ui/analysis-text.js';
import { count as grouped } from '../ui/language.js';
import { byId, make, setText } from '../ui/dom.js';

/** @typedef {import('./object-filter.js').ObjectFilter} ObjectFilter */
/** @typedef {import('./result-api.js').TrackSpan} TrackSpan */

/** A list of more would be slow to open, and nobody finds anything in it. */
const MAX_LISTED = 300;

/** Classes, confidence and track, as the filter has them; every change is told. */
export class FilterPanel {
  #filter;
  #onChange;
  #onTrack;
  #classes = byId('classes', HTMLElement);
  #confidence = byId('confidence', HTMLInputElement);
  #value = byId('confidence-value', HTMLOutputElement);
  #track = byId('track', HTMLSelectElement);
  #shown = '';
  /** @type {readonly TrackSpan[]} */ #tracks = [];

  /** @param {ObjectFilter} filter @param {() => void} onChange @param {(track: string|null) => void} onTrack */
  constructor(filter, onChange, onTrack) {
    this.#filter = filter;
    this.#onChange = onChange;
    this.#onTrack = onTrack;
    this.#confidence.addEventListener('input', () => {
      filter.minConfidence = Number(this.#confidence.value);
      this.#showConfidence();
      this.#listTracks();
      onChange();
    });
    this.#track.addEventListener('change', () => this.#onTrack(this.#track.value || null));
    this.#showConfidence();
  }

  /** @param {ReadonlyMap<string, number>} classes how many objects of each, the most first @param {readonly TrackSpan[]} tracks */
  show(classes, tracks) {
    this.#tracks = tracks;
    this.#listClasses(classes);
    this.#listTracks();
  }

  /** The track that is chosen now. */
  showTrack() {
    const track = this.#filter.track ?? '';
    if (track && ![...this.#track.options].some(({ value }) => value === track)) {
      const span = this.#tracks.find(({ track_id: id }) => id === track);
      if (span) this.#track.append(this.#option(span));
    }
    this.#track.value = track;
  }

  /** @param {ReadonlyMap<string, number>} classes */
  #listClasses(classes) {
    const names = [...classes.keys()].join('\n');
    if (names === this.#shown && classes.size > 0) {
      for (const [name, count] of classes) setText(byId(`count-${numberOf(name)}`, HTMLElement), grouped(count));
      return;
    }
    this.#shown = names;
    this.#classes.replaceChildren(...[...classes].map(([name, count]) => this.#class(name, count)));
    if (classes.size === 0) this.#classes.append(make('span', { class: 'note', text: analysisText.noClasses }));
  }

  /** @param {string} name @param {number} count */
  #class(name, count) {
    const box = make('input', { attributes: { type: 'checkbox' }, on: { change: () => {
      if (box.checked) this.#filter.hidden.delete(name);
      else this.#filter.hidden.add(name);
      this.#listTracks();
      this.#onChange();
    } } });
    box.checked = !this.#filter.hidden.has(name);
    const swatch = make('span', { class: 'class-colour' });
    swatch.style.background = colourOf(numberOf(name));
    return make('label', { class: 'class-chip', attributes: { 'data-class': name } }, box, swatch, make('span', { text: name }),
      make('span', { class: 'class-count', text: grouped(count), attributes: { id: `count-${numberOf(name)}` } }));
  }

  #listTracks() {
    const listed = this.#tracks.filter((track) => this.#filter.lists(track));
    const options = [make('option', { text: analysisText.allTracks, attributes: { value: '' } }),
      ...listed.slice(0, MAX_LISTED).map((track) => this.#option(track))];
    if (listed.length > MAX_LISTED) {
      options.push(make('option', { text: analysisText.moreTracks(listed.length - MAX_LISTED), attributes: { disabled: '' } }));
    }
    this.#track.replaceChildren(...options);
    this.showTrack();
  }

  /** @param {TrackSpan} track */
  #option(track) {
    return make('option', { text: analysisText.trackNamed(track), attributes: { value: track.track_id } });
  }

  #showConfidence() {
    setText(this.#value, analysisText.percent(this.#filter.minConfidence));
  }
}
