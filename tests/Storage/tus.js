// Uploads a file by the real tus client through a number of cuts: tus.js <endpoint> <token> <file> <cuts> <seed>.
import fs from 'node:fs';
import http from 'node:http';
import { Upload, DefaultHttpStack } from 'tus-js-client';

const [endpoint, token, path, cuts, seed] = process.argv.slice(2);
const size = fs.statSync(path).size;
let state = Number(seed) >>> 0;
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 32;
};
const places = Array.from({ length: Number(cuts) }, () => Math.floor(random() * size)).sort((a, b) => a - b);
let made = 0;
const sockets = new Set();
const agent = new http.Agent({ keepAlive: true });
agent.on('free', () => {});
const connect = agent.createConnection.bind(agent);
agent.createConnection = (...args) => {
  const socket = connect(...args);
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
  return socket;
};
const upload = new Upload(fs.createReadStream(path), {
  endpoint,
  uploadSize: size,
  chunkSize: 16 * 1024 * 1024,
  retryDelays: Array(Number(cuts) + 20).fill(20),
  headers: { Authorization: `Bearer ${token}` },
  metadata: { filename: 'large.bin', filetype: 'application/octet-stream' },
  httpStack: new DefaultHttpStack({ agent }),
  onShouldRetry: () => true,
  onProgress: (sent) => {
    if (made < places.length && sent >= places[made]) {
      while (made < places.length && sent >= places[made]) made += 1;
      for (const socket of sockets) socket.destroy();
    }
  },
  onError: (error) => {
    console.log(`failed ${error}`);
    process.exit(1);
  },
  onSuccess: () => {
    console.log(`done ${upload.url} cuts ${made}`);
    process.exit(0);
  },
});
upload.start();
