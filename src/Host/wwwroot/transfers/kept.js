// What this tab has opened, so that a reload goes on with the same download instead of taking another one. It ends with the tab.

const PREFIX = 'chat:transfer ';

/** @param {string} id */
export const keptIn = id => ({
  read() {
    try { return JSON.parse(sessionStorage.getItem(PREFIX + id) ?? 'null'); } catch { return null; }
  },
  /** @param {import('./receiving.js').Opened | null} opened */
  write(opened) {
    try {
      if (opened) sessionStorage.setItem(PREFIX + id, JSON.stringify(opened));
      else sessionStorage.removeItem(PREFIX + id);
    } catch (error) {
      console.warn('a reload will open it anew', error.name);
    }
  },
});
