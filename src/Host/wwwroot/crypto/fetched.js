// Bytes from an address, gone on with where they broke off: by range, of the very same file, or not at all.

/** Waits between tries; a network that comes back ends each. */
const WAITS_MS = [500, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, 30_000, 30_000];

const failed = (code, status = 0) => Object.assign(new Error(code), { code, status });
const codeOf = status => ({ 401: 'unauthenticated', 404: 'not_found', 410: 'gone', 412: 'file_changed' }[status] ?? 'network');

/** @param {number} ms @param {AbortSignal} signal */
function wait(ms, signal) {
  return new Promise(resolve => {
    const done = () => { clearTimeout(timer); globalThis.removeEventListener?.('online', done); signal.removeEventListener('abort', done); resolve(undefined); };
    const timer = setTimeout(done, ms);
    globalThis.addEventListener?.('online', done);
    signal.addEventListener('abort', done);
  });
}

/** @param {Response} answer @param {number} at @param {string | null} tag where it does not go on with the same file, nothing of it may be taken */
function check(answer, at, tag) {
  if (!answer.ok || !answer.body) throw failed(codeOf(answer.status), answer.status);
  if (at === 0 && (tag === null || answer.headers.get('etag') === tag)) return;
  if (answer.status !== 206 || answer.headers.get('etag') !== tag || !answer.headers.get('content-range')?.startsWith(`bytes ${at}-`)) throw failed('file_changed');
}

/**
 * @param {{url: string, headers?: Record<string, string>, tag?: string | null}} from `tag`: the file that it has to be @param {AbortSignal} signal
 * @param {{renew?: () => Promise<void>, waits?: number[], stalled?: (is: boolean) => void}} [how] `renew`: the login is renewed, once per refusal
 * @returns {AsyncGenerator<Uint8Array>}
 */
export async function* fetched(from, signal, { renew, waits = WAITS_MS, stalled = () => {} } = {}) {
  let [at, length, tries] = [0, -1, 0];
  let tag = from.tag ?? null;
  let renewed = false;
  while (length < 0 || at < length) {
    try {
      const range = { ...(at > 0 ? { range: `bytes=${at}-` } : {}), ...(tag ? { 'if-match': tag } : {}) };
      const answer = await fetch(from.url, { headers: { ...from.headers, ...range }, credentials: 'same-origin', signal, cache: 'no-store' });
      check(answer, at, tag);
      if (length < 0) {
        length = Number(answer.headers.get('content-length') ?? NaN);
        tag = answer.headers.get('etag');
        if (Number.isNaN(length)) throw failed('unreadable');
      }
      stalled(false);
      const reader = /** @type {ReadableStream<Uint8Array>} */ (answer.body).getReader();
      for (let one = await reader.read(); !one.done; one = await reader.read()) {
        [tries, renewed] = [0, false];
        at += one.value.length;
        yield one.value;
      }
      if (at < length) throw failed('network');
      if (at > length) throw failed('file_changed');
    } catch (error) {
      if (signal.aborted) throw failed('cancelled');
      if (error.code === 'unauthenticated' && renew && !renewed) {
        renewed = true;
        await renew();
        continue;
      }
      const again = !error.code || (error.code === 'network' && (error.status === 0 || error.status >= 500 || error.status === 429));
      if (!again || (at > 0 && !tag) || tries >= waits.length) throw error.code ? error : failed('network');
      stalled(true);
      await wait(waits[tries], signal);
      tries += 1;
    }
  }
}
