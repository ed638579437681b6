// A street that the page draws itself.

export const DEMO_SIZE = Object.freeze({ width: 640, height: 480 });

const TAU = 2 * Math.PI;
const GROUND = 0.62;

/** Who is about: each on a lane of its own, back and forth, at its own speed. */
const WALKERS = Object.freeze([
  { lane: 0.70, height: 0.34, seconds: 17, phase: 0.1, coat: '#b4452f', legs: '#2d2a33' },
  { lane: 0.82, height: 0.42, seconds: 23, phase: 0.55, coat: '#2f5f9e', legs: '#1f2a22' },
  { lane: 0.95, height: 0.50, seconds: 29, phase: 0.85, coat: '#d9a441', legs: '#3a2a20' },
]);
const BALL = Object.freeze({ lane: 0.78, size: 0.075, seconds: 9, phase: 0.3, colour: '#e8e4da' });

/**
 * Where something is on its way, in fractions of the width, and which way it looks.
 * @param {number} seconds @param {{seconds: number, phase: number}} way
 */
function placeOf(seconds, { seconds: turn, phase }) {
  const at = (seconds / turn + phase) % 1;
  const forth = at < 0.5;
  return { x: 0.08 + 0.84 * (forth ? 2 * at : 2 - 2 * at), facing: forth ? 1 : -1 };
}

/** Boxes of what moves, in fractions of the picture: for tests, nothing on the page reads it. @param {number} seconds */
export function placesAt(seconds) {
  return [
    ...WALKERS.map((walker) => ({ x: placeOf(seconds, walker).x, bottom: walker.lane, height: walker.height })),
    { x: placeOf(seconds, BALL).x, bottom: BALL.lane, height: BALL.size },
  ];
}

/**
 * The scene at a moment; what stands is the same in every picture, so that what moves can be told from it.
 * @param {CanvasRenderingContext2D|OffscreenCanvasRenderingContext2D} context @param {number} width @param {number} height
 * @param {number} seconds
 */
export function drawScene(context, width, height, seconds) {
  drawStreet(context, width, height);
  for (const walker of WALKERS) drawWalker(context, width, height, seconds, walker);
  drawBall(context, width, height, seconds);
}

/** @param {CanvasRenderingContext2D|OffscreenCanvasRenderingContext2D} context @param {number} width @param {number} height */
function drawStreet(context, width, height) {
  const sky = context.createLinearGradient(0, 0, 0, GROUND * height);
  sky.addColorStop(0, '#8fb4d8');
  sky.addColorStop(1, '#d8e4ea');
  context.fillStyle = sky;
  context.fillRect(0, 0, width, GROUND * height);
  context.fillStyle = '#8d8f86';
  context.fillRect(0, GROUND * height, width, (1 - GROUND) * height);
  for (let house = 0; house < 6; house++) {
    const left = (house / 6) * width;
    const top = (0.18 + 0.07 * ((house * 5) % 3)) * height;
    context.fillStyle = ['#a7937c', '#8e9aa6', '#b6a48d'][house % 3];
    context.fillRect(left, top, width / 6 - 2, GROUND * height - top);
    context.fillStyle = '#5e6b78';
    for (let row = 0; row < 3; row++) {
      for (let column = 0; column < 2; column++) {
        context.fillRect(left + (0.025 + 0.07 * column) * width, top + (0.05 + 0.11 * row) * height, 0.04 * width, 0.06 * height);
      }
    }
  }
  context.fillStyle = '#a3a59b';
  for (let stone = 0; stone < 9; stone++) context.fillRect((stone / 9) * width, 0.73 * height, width / 18, 0.012 * height);
}

/**
 * @param {CanvasRenderingContext2D|OffscreenCanvasRenderingContext2D} context @param {number} width @param {number} height
 * @param {number} seconds @param {(typeof WALKERS)[number]} walker
 */
function drawWalker(context, width, height, seconds, walker) {
  const { x, facing } = placeOf(seconds, walker);
  const tall = walker.height * height;
  const swing = 0.12 * tall * Math.sin(seconds * 1.6 * TAU + walker.phase * TAU);
  context.save();
  context.translate(x * width, walker.lane * height);
  context.scale(facing, 1);
  context.lineCap = 'round';
  context.strokeStyle = walker.legs;
  context.lineWidth = 0.1 * tall;
  for (const side of [swing, -swing]) line(context, 0, -0.45 * tall, side, 0);
  context.fillStyle = walker.coat;
  context.beginPath();
  context.roundRect(-0.13 * tall, -0.84 * tall, 0.26 * tall, 0.44 * tall, 0.08 * tall);
  context.fill();
  context.strokeStyle = walker.coat;
  context.lineWidth = 0.075 * tall;
  for (const side of [0.8 * swing, -0.8 * swing]) line(context, 0.02 * tall, -0.76 * tall, side, -0.42 * tall);
  context.fillStyle = '#d8a684';
  context.beginPath();
  context.arc(0.01 * tall, -0.91 * tall, 0.085 * tall, 0, TAU);
  context.fill();
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D|OffscreenCanvasRenderingContext2D} context @param {number} width @param {number} height
 * @param {number} seconds
 */
function drawBall(context, width, height, seconds) {
  const { x } = placeOf(seconds, BALL);
  const hop = 0.1 * Math.abs(Math.sin(seconds * 0.9 * TAU));
  context.fillStyle = BALL.colour;
  context.beginPath();
  context.arc(x * width, (BALL.lane - BALL.size / 2 - hop) * height, (BALL.size / 2) * height, 0, TAU);
  context.fill();
}

/**
 * @param {CanvasRenderingContext2D|OffscreenCanvasRenderingContext2D} context
 * @param {number} x @param {number} y @param {number} toX @param {number} toY
 */
function line(context, x, y, toX, toY) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}
