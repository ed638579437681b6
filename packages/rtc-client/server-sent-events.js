// Reads a stream of server-sent events.

/**
 * Server-sent events of a body, as they come.
 * @param {ReadableStream<Uint8Array>} body @returns {AsyncGenerator<{type: string, data: string}>}
 */
export async function* serverSentEvents(body) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const blocks = (rest + decoder.decode(value, { stream: true })).split(/\r?\n\r?\n/);
      rest = /** @type {string} */ (blocks.pop());
      for (const block of blocks) yield readBlock(block);
    }
  } finally {
    void reader.cancel().catch(() => {});
  }
}

/** @param {string} block */
function readBlock(block) {
  let type = 'message';
  /** @type {string[]} */ const data = [];
  for (const line of block.split(/\r?\n/)) {
    const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (name === 'event') type = value;
    else if (name === 'data') data.push(value);
  }
  return { type, data: data.join('\n') };
}
