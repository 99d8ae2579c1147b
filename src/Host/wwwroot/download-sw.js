// The service worker of downloads alone (scope /download/): a page hands it a stream that is decrypted as it flows, and it answers one
// navigation with it, as an attachment. So a file of any size goes to disk past the page's memory, and the browser gives it its name
// only when the stream was told to be at its end. It keeps nothing, caches nothing and fetches nothing.
//
//   in    {type: 'download', id, name, size} and a port; {type: 'alive'} now and then, so that it is not put to sleep meanwhile
//   port  out {pull} the next piece, {cancel}; in {bytes}, {end}, {error}

const own = /** @type {any} */ (self);
const PATH = '/download/';
/** Handed over and not fetched yet. */
const MOST = 100;
/** @type {Map<string, {port: MessagePort, name: string, size: number | null}>} */
const downloads = new Map();

/** A page of this server's own, at the top of its window: no frame, no worker, nobody who only says where they come from (A75). */
function isOwn(event) {
  const { source, origin } = event;
  return origin === own.location.origin && source?.type === 'window' && source.frameType !== 'nested' && new URL(source.url).origin === own.location.origin;
}

/** @param {any} data @param {readonly MessagePort[]} ports */
const fits = (data, ports) => ports.length === 1 && /^[0-9a-f-]{36}$/.test(data.id) && typeof data.name === 'string' && data.name.length <= 255
  && (data.size === null || (Number.isSafeInteger(data.size) && data.size >= 0));

own.addEventListener('install', () => own.skipWaiting());
own.addEventListener('activate', event => event.waitUntil(own.clients.claim()));

own.addEventListener('message', event => {
  const { data, ports } = event;
  if (!isOwn(event) || data?.type !== 'download' || !fits(data, ports)) return;
  const [oldest] = downloads.keys();
  if (downloads.size >= MOST) {
    downloads.get(oldest)?.port.postMessage({ cancel: true });
    downloads.delete(oldest);
  }
  downloads.set(data.id, { port: ports[0], name: data.name, size: data.size });
  event.source.postMessage({ type: 'download', id: data.id });
});

/** RFC 6266 and 8187: any name, and none that leads out of the folder. @param {string} name */
const named = name => `attachment; filename*=UTF-8''${encodeURIComponent(name).replace(/['()*]/g, one => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)}`;

/** @param {{port: MessagePort, name: string, size: number | null}} download */
function answer({ port, name, size }) {
  let come = message => { void message; };
  port.onmessage = ({ data }) => come(data);
  const stream = new ReadableStream({
    pull(controller) {
      return new Promise(resolve => {
        come = data => {
          if (data.bytes) controller.enqueue(data.bytes);
          else if (data.end) controller.close();
          else controller.error(new Error('the file was not whole'));
          resolve(undefined);
        };
        port.postMessage({ pull: true });
      });
    },
    cancel() { port.postMessage({ cancel: true }); },
  }, { highWaterMark: 1 });
  return new Response(stream, {
    headers: {
      'content-type': 'application/octet-stream', 'content-disposition': named(name), 'cache-control': 'no-store', 'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox", 'cross-origin-resource-policy': 'same-origin', ...(size === null ? {} : { 'content-length': String(size) }),
    },
  });
}

own.addEventListener('fetch', event => {
  const url = new URL(event.request.url);
  if (url.origin !== own.location.origin || !url.pathname.startsWith(PATH)) return;
  const id = url.pathname.slice(PATH.length);
  const download = event.request.method === 'GET' && event.request.mode === 'navigate' ? downloads.get(id) : undefined;
  downloads.delete(id);
  // No content: whoever asks stays on the page where they are.
  event.respondWith(download ? answer(download) : new Response(null, { status: 204 }));
});
