// An event in the list.
import { icon, make } from '../ui/dom.js';
import { eventsText } from '../ui/events-text.js';
import { whenText } from '../ui/rule-text.js';
import { eventsApi } from './events-api.js';

/** @typedef {import('./events-api.js').EventEntry} EventEntry */
/** @typedef {{play: (event: EventEntry) => void, remove: (event: EventEntry) => void, token?: string}} CardActions */

/** What is told of it beside rule, room and time. @param {EventEntry} event @returns {string[]} */
export function factsOf(event) {
  const { fact } = eventsText;
  return [
    whenText[event.when] ?? event.when, event.zone, event.class, event.direction && fact[event.direction],
    event.count !== null && fact.count(event.count), event.seconds !== null && fact.seconds(event.seconds), fact.score(event.confidence),
  ].filter((part) => typeof part === 'string' && part !== '').map(String);
}

/** @param {EventEntry} event @param {CardActions} actions @returns {HTMLLIElement} */
export function eventCard(event, actions) {
  const source = eventsApi.thumbnail(event, actions.token);
  const picture = make('div', { class: 'event-picture' });
  if (source) {
    const image = make('img', { attributes: { src: source, alt: eventsText.picture(event.rule_name), loading: 'lazy' } });
    image.addEventListener('error', () => image.remove());
    const mark = make('span', { class: 'event-box', attributes: { 'aria-hidden': 'true' } });
    image.addEventListener('load', () => place(mark, image, event.box));
    picture.append(image, mark);
  } else picture.append(make('span', { class: 'note', text: eventsText.noPicture }));
  const when = new Date(event.happened_at);
  const buttons = make('div', { class: 'event-links' });
  if (event.video_id) {
    buttons.append(make('button', {
      class: 'button button-small', attributes: { type: 'button', 'aria-label': eventsText.clipOf(event.rule_name) },
      on: { click: () => actions.play(event) },
    }, icon('play'), eventsText.clip));
  }
  buttons.append(make('button', {
    class: 'button button-icon',
    attributes: { type: 'button', 'aria-label': eventsText.removeOf(event.rule_name), title: eventsText.remove },
    on: { click: () => actions.remove(event) },
  }, icon('trash')));
  return make('li', { class: 'card event', attributes: { 'data-event': String(event.event_id) } }, picture,
    make('div', { class: 'event-body' },
      make('h3', { text: event.rule_name }),
      make('p', { class: 'event-time' }, make('span', { class: 'chip', text: event.room }),
        make('time', { text: eventsText.time(when), attributes: { datetime: event.happened_at } })),
      make('p', { class: 'event-facts', text: factsOf(event).join(' · ') }), buttons));
}

/**
 * Where the object was, over the picture as it is fitted into its place.
 * @param {HTMLElement} mark @param {HTMLImageElement} image @param {EventEntry['box']} box */
function place(mark, image, { xmin, ymin, xmax, ymax }) {
  const shape = image.naturalWidth / image.naturalHeight;
  const wide = 16 / 9;
  const [width, height] = shape > wide ? [1, wide / shape] : [shape / wide, 1];
  const percent = (/** @type {number} */ share) => `${(share * 100).toFixed(2)}%`;
  mark.style.left = percent((1 - width) / 2 + xmin * width);
  mark.style.top = percent((1 - height) / 2 + ymin * height);
  mark.style.width = percent((xmax - xmin) * width);
  mark.style.height = percent((ymax - ymin) * height);
  mark.dataset.placed = '';
}
