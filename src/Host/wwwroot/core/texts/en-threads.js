// English for the page of all threads.

/** @type {Record<string, string | Record<string, string>>} */
export default {
  'threads.all': 'All',
  'threads.earlier': 'Earlier threads',
  'threads.mine': 'With me',
  'threads.none': 'You are in no thread yet',
  'threads.noneAtAll': 'There are no threads yet',
  'threads.noneText': 'Reply to a message in a thread: what belongs together stays together, and the room stays calm.',
  'threads.show': 'Which threads',
  'threads.showAll': 'Show all threads',
};
