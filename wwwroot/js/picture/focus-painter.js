// The blur, on the graphics card.
import { blurSigma, smallSize } from './blur-size.js';
import { bindTriangle, makeTarget, makeTexture, Pass } from './webgl.js';

/** @typedef {import('./painter.js').Alpha} Alpha */
/** @typedef {import('./painter.js').Effect} Effect */

const BLUR = `
precision mediump float;
uniform sampler2D picture;
uniform vec2 step;
uniform float sigma;
varying vec2 uv;
void main() {
  vec3 sum = texture2D(picture, uv).rgb;
  float total = 1.0;
  for (int i = 1; i <= 12; i++) {
    float x = float(i);
    float weight = exp(-0.5 * x * x / (sigma * sigma));
    sum += weight * (texture2D(picture, uv + step * x).rgb + texture2D(picture, uv - step * x).rgb);
    total += 2.0 * weight;
  }
  gl_FragColor = vec4(sum / total, 1.0);
}`;

// The mask was cut out at one box and is shown at another: it moves and stretches with it.
const COMPOSE = `
precision mediump float;
uniform sampler2D picture;
uniform sampler2D blurred;
uniform sampler2D mask;
uniform vec4 place;
uniform float inside;
varying vec2 uv;
void main() {
  vec2 at = place.xy + vec2(uv.x, 1.0 - uv.y) * place.zw;
  float within = step(0.0, at.x) * step(at.x, 1.0) * step(0.0, at.y) * step(at.y, 1.0);
  float keep = smoothstep(0.15, 0.85, texture2D(mask, at).r * within);
  keep = mix(keep, 1.0 - keep, inside);
  gl_FragColor = vec4(mix(texture2D(blurred, uv).rgb, texture2D(picture, uv).rgb, keep), 1.0);
}`;

const COPY = `
precision mediump float;
uniform sampler2D picture;
varying vec2 uv;
void main() { gl_FragColor = vec4(texture2D(picture, uv).rgb, 1.0); }`;

/** Draws a video's picture into a canvas, sharp or with everything but the subject blurred, on the GPU. */
export class FocusPainter {
  /** @type {HTMLCanvasElement} */ #canvas;
  /** @type {WebGLRenderingContext} */ #gl;
  #blur; #compose; #copy; #picture; #mask;
  /** @type {ReturnType<typeof makeTarget>[]} */ #targets = [];
  /** @type {Alpha|null} */ #loaded = null;

  /** @param {HTMLCanvasElement} canvas @throws where there is no WebGL */
  constructor(canvas) {
    const wanted = { alpha: false, antialias: false, depth: false, preserveDrawingBuffer: true };
    const gl = /** @type {WebGLRenderingContext|null} */ (canvas.getContext('webgl2', wanted) ?? canvas.getContext('webgl', wanted));
    if (!gl) throw new Error('no WebGL');
    this.#canvas = canvas;
    this.#gl = gl;
    bindTriangle(gl);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    this.#blur = new Pass(gl, BLUR);
    this.#compose = new Pass(gl, COMPOSE);
    this.#copy = new Pass(gl, COPY);
    this.#picture = makeTexture(gl);
    this.#mask = makeTexture(gl);
  }

  /** @param {TexImageSource} source @param {number} width @param {number} height @param {Effect|null} effect */
  paint(source, width, height, effect) {
    const gl = this.#gl;
    if (gl.isContextLost() || !(width > 0 && height > 0)) return;
    if (this.#canvas.width !== width || this.#canvas.height !== height) this.#resize(width, height);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#picture);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, true);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, source);
    if (!effect || effect.strength <= 0.01) {
      this.#copy.draw(null, width, height, { picture: this.#picture });
      return;
    }
    const [first, second] = this.#targets;
    const sigma = blurSigma(effect.strength, width, height);
    this.#blur.draw(first.buffer, first.width, first.height, { picture: this.#picture, step: [1 / first.width, 0], sigma });
    this.#blur.draw(second.buffer, second.width, second.height, { picture: first.texture, step: [0, 1 / first.height], sigma });
    this.#load(effect.alpha);
    this.#compose.draw(null, width, height, {
      picture: this.#picture, blurred: second.texture, mask: this.#mask, place: effect.place, inside: effect.inside ? 1 : 0,
    });
  }

  /** @param {Alpha} alpha */
  #load(alpha) {
    if (this.#loaded === alpha) return;
    const gl = this.#gl;
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.#mask);
    gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.LUMINANCE, alpha.width, alpha.height, 0, gl.LUMINANCE, gl.UNSIGNED_BYTE, alpha.alpha);
    this.#loaded = alpha;
  }

  /** @param {number} width @param {number} height */
  #resize(width, height) {
    const gl = this.#gl;
    this.#canvas.width = width;
    this.#canvas.height = height;
    for (const { texture, buffer } of this.#targets) {
      gl.deleteTexture(texture);
      gl.deleteFramebuffer(buffer);
    }
    const small = smallSize(width, height);
    this.#targets = [makeTarget(gl, small.width, small.height), makeTarget(gl, small.width, small.height)];
  }

  close() {
    this.#gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}
