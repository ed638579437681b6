// What the client rejects with.

/** The server said no, or could not be reached: a code for programs, and the server's sentence as the message. */
export class RtcError extends Error {
  /** @param {string} code @param {string} message @param {number|null} [status] of the HTTP answer */
  constructor(code, message, status = null) {
    super(message);
    this.name = 'RtcError';
    this.code = code;
    this.status = status;
  }
}
