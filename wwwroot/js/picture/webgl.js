/** The little of WebGL that one full-screen effect needs: programs, textures, targets. */
import { isSoftwareChip } from '../ui/software-chip.js';

const VERTEX = `
attribute vec2 corner;
varying vec2 uv;
void main() {
  uv = corner * 0.5 + 0.5;
  gl_Position = vec4(corner, 0.0, 1.0);
}`;

/** A fragment program over the whole target, its uniforms looked up once. */
export class Pass {
  /** @type {WebGLRenderingContext} */ #gl;
  /** @type {WebGLProgram} */ #program;
  /** @type {Map<string, WebGLUniformLocation|null>} */ #places = new Map();

  /** @param {WebGLRenderingContext} gl @param {string} fragment */
  constructor(gl, fragment) {
    this.#gl = gl;
    this.#program = gl.createProgram();
    for (const [type, source] of /** @type {const} */ ([[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, fragment]])) {
      const shader = gl.createShader(type);
      if (!shader) throw new Error('WebGL: no shader');
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS)) throw new Error(`WebGL: ${gl.getShaderInfoLog(shader)}`);
      gl.attachShader(this.#program, shader);
    }
    gl.bindAttribLocation(this.#program, 0, 'corner');
    gl.linkProgram(this.#program);
    if (!gl.getProgramParameter(this.#program, gl.LINK_STATUS)) throw new Error(`WebGL: ${gl.getProgramInfoLog(this.#program)}`);
  }

  /**
   * @param {WebGLFramebuffer|null} target null: the canvas
   * @param {number} width @param {number} height the target's
   * @param {Record<string, number|readonly number[]|WebGLTexture>} uniforms
   */
  draw(target, width, height, uniforms) {
    const gl = this.#gl;
    gl.bindFramebuffer(gl.FRAMEBUFFER, target);
    gl.viewport(0, 0, width, height);
    gl.useProgram(this.#program);
    let unit = 0;
    for (const [name, value] of Object.entries(uniforms)) {
      const place = this.#place(name);
      if (typeof value === 'number') gl.uniform1f(place, value);
      else if (Array.isArray(value)) value.length === 4 ? gl.uniform4fv(place, value) : gl.uniform2fv(place, value);
      else {
        gl.activeTexture(gl.TEXTURE0 + unit);
        gl.bindTexture(gl.TEXTURE_2D, /** @type {WebGLTexture} */ (value));
        gl.uniform1i(place, unit++);
      }
    }
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** @param {string} name */
  #place(name) {
    let place = this.#places.get(name);
    if (place === undefined) {
      place = this.#gl.getUniformLocation(this.#program, name);
      this.#places.set(name, place);
    }
    return place;
  }
}

/** One triangle that covers the target. @param {WebGLRenderingContext} gl */
export function bindTriangle(gl) {
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 3, -1, -1, 3]), gl.STATIC_DRAW);
  gl.enableVertexAttribArray(0);
  gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
}

/** @param {WebGLRenderingContext} gl */
export function makeTexture(gl) {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
  return texture;
}

/** A texture that can be drawn into. @param {WebGLRenderingContext} gl @param {number} width @param {number} height */
export function makeTarget(gl, width, height) {
  const texture = makeTexture(gl);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, width, height, 0, gl.RGBA, gl.UNSIGNED_BYTE, null);
  const buffer = gl.createFramebuffer();
  gl.bindFramebuffer(gl.FRAMEBUFFER, buffer);
  gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
  return { texture, buffer, width, height };
}

/** Whether a chip draws, and no processor that plays one. @param {WebGLRenderingContext} gl */
export function isOnChip(gl) {
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  return !isSoftwareChip(String(gl.getParameter(names ? names.UNMASKED_RENDERER_WEBGL : gl.RENDERER)));
}
