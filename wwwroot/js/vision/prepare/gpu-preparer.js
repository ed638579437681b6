// A picture into a model's input without leaving the graphics chip.
import { sizeOf } from './canvas-preparer.js';

/** @typedef {import('../detect/letterbox.js').Letterbox} Letterbox */
/** @typedef {import('../detect/rect.js').Rect} Rect */
/** @typedef {import('../detect/tensor-plan.js').TensorPlan} TensorPlan */

const GROUP = 8;

// One invocation a pixel of the input: bilinear, by pixel centres, as the server scales.
/** @param {boolean} isExternal a video's own memory, else a texture that the picture was copied to */
const shaderOf = (isExternal) => `
struct Box {
  origin: vec2f, step: vec2f, offset: vec2f, size: vec2f,
  scale: vec4f, bias: vec4f, picture: vec2f, input: vec2f,
  pad: f32, bgr: f32, interleaved: f32, spare: f32,
};
@group(0) @binding(0) var picture: ${isExternal ? 'texture_external' : 'texture_2d<f32>'};
@group(0) @binding(1) var<uniform> box: Box;
@group(0) @binding(2) var<storage, read_write> result: array<f32>;

fn at(place: vec2i) -> vec3f {
  let last = vec2i(box.picture) - vec2i(1);
  return textureLoad(picture, clamp(place, vec2i(0), last)${isExternal ? '' : ', 0'}).rgb;
}

@compute @workgroup_size(${GROUP}, ${GROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let place = vec2f(id.xy);
  if (place.x >= box.input.x || place.y >= box.input.y) { return; }
  let inside = place - box.offset;
  var colour = vec3f(box.pad / 255.0);
  if (inside.x >= 0.0 && inside.y >= 0.0 && inside.x < box.size.x && inside.y < box.size.y) {
    let source = clamp(box.origin + (inside + 0.5) * box.step - 0.5, vec2f(0.0), box.picture - 1.0);
    let whole = vec2i(floor(source));
    let part = fract(source);
    let upper = mix(at(whole), at(whole + vec2i(1, 0)), part.x);
    let lower = mix(at(whole + vec2i(0, 1)), at(whole + vec2i(1, 1)), part.x);
    colour = mix(upper, lower, part.y);
  }
  let value = colour * 255.0 * box.scale.rgb + box.bias.rgb;
  let ordered = select(value, value.bgr, box.bgr > 0.5);
  let pixels = u32(box.input.x * box.input.y);
  let pixel = id.y * u32(box.input.x) + id.x;
  for (var channel = 0u; channel < 3u; channel++) {
    let index = select(channel * pixels + pixel, pixel * 3u + channel, box.interleaved > 0.5);
    result[index] = ordered[channel];
  }
}`;

/** Writes a picture into a buffer that the model reads. Owns the buffer and its textures; the device is the runtime's. */
export class GpuPreparer {
  /** @type {TensorPlan} */ #plan;
  /** @type {any} */ #device;
  /** @type {Map<boolean, any>} By whether they read a video's own memory. */ #pipelines = new Map();
  /** @type {any} */ #texture = null;
  /** Video can be read where it lies, until that was refused. */ #canImport = true;
  /** @type {any} */ #uniforms;
  /** @type {any} */ #buffer;
  #numbers = new Float32Array(24);
  #tensor;

  /** @param {import('../model/model-session.js').ModelSession} session @param {TensorPlan} plan @param {any} device */
  constructor(session, plan, device) {
    const { GPUBufferUsage } = /** @type {any} */ (globalThis);
    this.#plan = plan;
    this.#device = device;
    this.#uniforms = device.createBuffer({ size: this.#numbers.byteLength, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    this.#buffer = device.createBuffer({
      size: 3 * plan.width * plan.height * 4,
      usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    });
    const dims = plan.interleaved ? [1, plan.height, plan.width, 3] : [1, 3, plan.height, plan.width];
    this.#tensor = session.runtime.Tensor.fromGpuBuffer(this.#buffer, { dataType: 'float32', dims });
  }

  /** @param {TensorPlan} plan */
  static takes(plan) {
    return plan.type === 'float32';
  }

  /** @param {VideoFrame|ImageBitmap} picture @param {Rect} source @param {Letterbox} map */
  prepare(picture, source, map) {
    const { width, height, scale, bias, pad, bgr, interleaved } = this.#plan;
    const size = sizeOf(picture);
    this.#numbers.set([
      source.left, source.top, (source.right - source.left) / map.width, (source.bottom - source.top) / map.height,
      map.offsetX, map.offsetY, map.width, map.height, ...scale, 0, ...bias, 0,
      size.width, size.height, width, height, pad, bgr ? 1 : 0, interleaved ? 1 : 0, 0,
    ]);
    const device = this.#device;
    const { isExternal, resource } = this.#resourceOf(picture, size);
    const pipeline = this.#pipelineOf(isExternal);
    device.queue.writeBuffer(this.#uniforms, 0, this.#numbers);
    const encoder = device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: [
        { binding: 0, resource },
        { binding: 1, resource: { buffer: this.#uniforms } },
        { binding: 2, resource: { buffer: this.#buffer } },
      ],
    }));
    pass.dispatchWorkgroups(Math.ceil(width / GROUP), Math.ceil(height / GROUP));
    pass.end();
    device.queue.submit([encoder.finish()]);
    return this.#tensor;
  }

  /** @param {VideoFrame|ImageBitmap} picture @param {{width: number, height: number}} size */
  #resourceOf(picture, size) {
    if (this.#canImport && 'displayWidth' in picture) {
      try {
        return { isExternal: true, resource: this.#device.importExternalTexture({ source: picture }) };
      } catch {
        this.#canImport = false;
      }
    }
    if (this.#texture?.width !== size.width || this.#texture.height !== size.height) {
      const { GPUTextureUsage } = /** @type {any} */ (globalThis);
      this.#texture?.destroy();
      this.#texture = this.#device.createTexture({
        size: [size.width, size.height], format: 'rgba8unorm',
        usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT,
      });
    }
    this.#device.queue.copyExternalImageToTexture({ source: picture }, { texture: this.#texture }, [size.width, size.height]);
    return { isExternal: false, resource: this.#texture.createView() };
  }

  /** @param {boolean} isExternal */
  #pipelineOf(isExternal) {
    let pipeline = this.#pipelines.get(isExternal);
    if (!pipeline) {
      const module = this.#device.createShaderModule({ code: shaderOf(isExternal) });
      pipeline = this.#device.createComputePipeline({ layout: 'auto', compute: { module, entryPoint: 'main' } });
      this.#pipelines.set(isExternal, pipeline);
    }
    return pipeline;
  }

  close() {
    this.#texture?.destroy();
    this.#buffer.destroy();
    this.#uniforms.destroy();
  }
}
