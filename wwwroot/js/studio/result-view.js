// What came of a task.
import { libraryApi } from '../library/library-api.js';
import { make } from '../ui/dom.js';
import { studioText } from '../ui/studio-text.js';
import { Compare } from './compare.js';
import { Stems } from './stems.js';

/** @typedef {import('./studio-api.js').Task} Task */
/** @typedef {import('../library/library-api.js').Video} Video */

/** One task's video, words, sound and files. `close` ends what plays. */
export class ResultView {
  /** @type {{close: () => void}[]} */ #parts = [];
  element = make('div', { class: 'result-view' });

  /** @param {Task} task that is complete @param {Video} video that it was about @param {(words: string) => void} say */
  constructor(task, video, say) {
    this.element.style.setProperty('--shape', String(video.width / Math.max(1, video.height)));
    const said = task.found === false ? studioText.notFound[task.kind] : studioText.done[task.kind];
    if (task.ai_response) {
      this.element.append(make('p', { class: 'result-said' }, make('strong', { text: studioText.understood }), task.ai_response));
    } else this.element.append(make('p', { class: 'note', text: said }));
    this.#show(task, video, said, say);
    this.element.append(this.#links(task, video));
    if (task.engine) this.element.append(make('p', { class: 'note', text: `${studioText.engine} ${studioText.engines(task.engine)}` }));
  }

  /** @param {Task} task @param {Video} video @param {string} said @param {(words: string) => void} say */
  #show(task, video, said, say) {
    if (task.inpainted_video_url) {
      const compare = new Compare(libraryApi.file(video.video_id), task.inpainted_video_url, video.width / video.height);
      this.#parts.push(compare);
      this.element.append(compare.element);
      return;
    }
    const source = task.masked_video_url ?? task.highlighted_video_url;
    if (!source) return;
    const player = make('video', {
      class: 'result-video',
      attributes: { controls: '', playsinline: '', loop: '', preload: 'auto', src: source, 'aria-label': studioText.playerOf(said) },
    });
    player.style.aspectRatio = `${video.width} / ${video.height}`;
    this.element.append(player);
    this.#parts.push({ close: () => player.pause() });
    if (task.kind !== 'text-to-video') return;
    const stems = Stems.of(task, player, say);
    this.element.append(stems?.element ?? make('p', { class: 'note', text: studioText.noSound }));
    if (stems) this.#parts.push(stems);
  }

  /** @param {Task} task @param {Video} video */
  #links(task, video) {
    const stem = video.name.replace(/\.[^.]+$/, '');
    const row = make('div', { class: 'result-links', attributes: { role: 'group', 'aria-label': studioText.downloads } });
    const add = (/** @type {string|undefined} */ href, /** @type {string} */ words, /** @type {string} */ name) => {
      if (href) row.append(make('a', { class: 'button button-small', text: words, attributes: { href, download: name } }));
    };
    add(task.masked_video_url, studioText.video, `${stem}-followed.mp4`);
    add(task.highlighted_video_url, studioText.video, `${stem}-found.mp4`);
    add(task.inpainted_video_url, studioText.video, `${stem}-removed.mp4`);
    add(task.masks_url, studioText.masks, `${stem}-masks.json`);
    add(task.masks_video_url, studioText.alpha, `${stem}-cut-out.webm`);
    return row;
  }

  close() {
    for (const part of this.#parts) part.close();
    this.element.remove();
  }
}
