// German for the page of all threads.

/** @type {Record<string, string | Record<string, string>>} */
export default {
  'threads.all': 'Alle',
  'threads.earlier': 'Frühere Threads',
  'threads.mine': 'Mit mir',
  'threads.none': 'Sie sind noch in keinem Thread',
  'threads.noneAtAll': 'Es gibt noch keine Threads',
  'threads.noneText': 'Antworten Sie auf eine Nachricht in einem Thread: Was zusammengehört, bleibt beisammen, und im Raum bleibt Ruhe.',
  'threads.show': 'Welche Threads',
  'threads.showAll': 'Alle Threads zeigen',
};
