// The same worker as everywhere; below this folder's addresses the server allows no connection, to it neither.
import '../crypto/worker.js';
