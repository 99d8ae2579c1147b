// One socket: ticket, hello, commands with replies, life signs. What to do with events is the caller's (live.js).

/** What each close code asks of the client (see the real-time contract). */
export function afterClose(code) {
  if (code === 4403) return 'login';
  // A defect on this side; 4404 ends narrowed sockets only, and this client opens none.
  if ([1002, 1003, 1007, 4400, 4404].includes(code)) return 'slow';
  if (code === 4429) return 'wait';
  return 'retry';
}

/** Full jitter over a doubling ceiling. @param {number} attempt from 0 @param {() => number} [random] */
export function backOff(attempt, random = Math.random) {
  const ceiling = Math.min(30_000, 500 * 2 ** attempt);
  return Math.round(ceiling / 2 + random() * (ceiling / 2));
}

export class CommandError extends Error {
  constructor(code, message = code, retryAfterMs = undefined, reason = undefined) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

const IDLE_MS = 20_000;
const DEAD_MS = 45_000;
const REPLY_MS = 20_000;
const TOO_BIG = 1009;

export class Socket {
  /**
   * @param {string} url
   * @param {{event: (event: any) => void, hello: (hello: any, socket: Socket) => void, closed: (code: number, socket: Socket) => void}} on
   * @param {{WebSocket?: any, now?: () => number}} [environment]
   */
  constructor(url, on, { WebSocket: Kind = globalThis.WebSocket, now = Date.now } = {}) {
    this.on = on;
    this.now = now;
    this.refs = 0;
    /** @type {Map<string, {resolve: (reply: any) => void, reject: (error: Error) => void, timer: any, bytes: number}>} */
    this.waiting = new Map();
    this.mostBytes = Infinity;
    this.done = false;
    this.heardAt = now();
    this.ws = new Kind(url, 'chat.v1');
    this.ws.onmessage = message => this.receive(message.data);
    this.ws.onclose = event => this.end(event.code);
    this.ws.onerror = () => {};
    this.timer = setInterval(() => this.lookAfter(), 5_000);
  }

  receive(text) {
    if (this.done) return;
    this.heardAt = this.now();
    const frame = JSON.parse(text);
    if (frame.type === 'hello') {
      this.mostBytes = frame.maxFrameBytes ?? Infinity;
      return this.on.hello(frame, this);
    }
    if (frame.type !== 'ok' && frame.type !== 'error') return this.on.event(frame);
    const asked = this.waiting.get(frame.ref);
    if (!asked) return;
    this.waiting.delete(frame.ref);
    clearTimeout(asked.timer);
    if (frame.type === 'ok') asked.resolve(frame);
    else asked.reject(new CommandError(frame.code, frame.message, frame.retryAfterMs, frame.reason));
  }

  /** @param {string} type @param {object} [fields] @returns {Promise<any>} the `ok` reply; rejects with CommandError */
  command(type, fields = {}, timeout = REPLY_MS) {
    if (this.done || this.ws.readyState !== 1) return Promise.reject(new CommandError('disconnected'));
    const ref = String(++this.refs);
    const text = JSON.stringify({ type, ref, ...fields });
    const bytes = new TextEncoder().encode(text).length;
    if (bytes > this.mostBytes) return Promise.reject(new CommandError('too_large'));
    return new Promise((resolve, reject) => {
      const timer = timeout ? setTimeout(() => {
        this.waiting.delete(ref);
        reject(new CommandError('timeout'));
      }, timeout) : undefined;
      this.waiting.set(ref, { resolve, reject, timer, bytes });
      this.ws.send(text);
    });
  }

  /** Commands whose answer nobody needs. */
  tell(type, fields) {
    this.command(type, fields).catch(error => {
      if (!['disconnected', 'timeout', 'rate_limited'].includes(error.code)) console.warn('refused', type, error.code);
    });
  }

  lookAfter() {
    const silent = this.now() - this.heardAt;
    if (silent > DEAD_MS) this.close(4409);
    else if (silent > IDLE_MS) this.tell('ping', {});
  }

  /** Ends it from this side without waiting for the other's answer, which may never come. */
  close(code = 1000) {
    if (this.done) return;
    try { this.ws.close(1000); } catch { /* still connecting: the browser gives up by itself */ }
    this.end(code);
  }

  end(code) {
    if (this.done) return;
    this.done = true;
    clearInterval(this.timer);
    // What was too large for the server once is so again; only the largest can have been it.
    const refused = code === TOO_BIG ? Math.max(...[...this.waiting.values()].map(one => one.bytes)) : Infinity;
    for (const { reject, timer, bytes } of this.waiting.values()) {
      clearTimeout(timer);
      reject(new CommandError(bytes === refused ? 'too_large' : 'disconnected'));
    }
    this.waiting.clear();
    this.on.closed(code, this);
  }
}
