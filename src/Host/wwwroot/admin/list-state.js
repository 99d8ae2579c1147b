// What a list of the administration knows beside its picture: its address, its request, its pages, what is selected.

/** @typedef {{name: string, options?: string[], kind?: 'choice' | 'person' | 'room' | 'date'}} Filter */
/** @typedef {{path: string, address: string, searches?: boolean, filters?: Filter[], sorts: string[]}} Shape  `path` below /api/v1; the first of `sorts` is the server's own */
/** @typedef {Record<string, string>} Query  `query`, `sort` and the filters; empty where nothing is wished */

export const PAGE = 50;
/** Beyond so many rows the next page comes by a button, so that a list never fills the memory by itself. */
export const ENDLESS = 300;
/** After so many pages without a row the person says whether to go on. */
export const EMPTY_PAGES = 5;
/** One bulk act takes no more. */
export const MOST_SELECTED = 1000;
const MOST_TEXT = 200;

const isDay = text => /^\d{4}-\d{2}-\d{2}$/.test(text);
const isId = text => /^[0-9a-f-]{32,36}$/i.test(text);

/** @param {Filter} filter @param {string} value */
function isGood(filter, value) {
  if (filter.options) return filter.options.includes(value);
  if (filter.kind === 'date') return isDay(value);
  return filter.kind === 'person' || filter.kind === 'room' ? isId(value) : value.length <= MOST_TEXT;
}

/** @param {string} sort */
export const isDescending = sort => sort.startsWith('-');
/** @param {string} sort */
export const fieldOf = sort => sort.replace(/^-/, '');

/** @param {Shape} list @param {string} sort */
const knowsSort = (list, sort) => list.sorts.some(one => fieldOf(one) === fieldOf(sort));

/** What an address asks for; what the list does not know is left out. @param {Shape} list @param {URLSearchParams} from @returns {Query} */
export function readQuery(list, from) {
  const sort = from.get('sort') ?? '';
  const query = { query: list.searches ? (from.get('query') ?? '').slice(0, MOST_TEXT) : '', sort: sort && knowsSort(list, sort) && sort !== list.sorts[0] ? sort : '' };
  for (const filter of list.filters ?? []) {
    const value = from.get(filter.name) ?? '';
    query[filter.name] = value && isGood(filter, value) ? value : '';
  }
  return query;
}

const written = pairs => {
  const text = new URLSearchParams(pairs.filter(([, value]) => value !== '' && value !== null)).toString();
  return text ? `?${text}` : '';
};

/** @param {Shape} list @param {Query} query */
export const addressOf = (list, query) => list.address + written(['query', 'sort', ...(list.filters ?? []).map(one => one.name)].map(name => [name, query[name]?.trim() ?? '']));

/** A local day as the instants that bound it: `after` from its beginning, `before` to its end. */
function instantOf(name, day) {
  const [y, m, d] = day.split('-').map(Number);
  return new Date(y, m - 1, name === 'before' ? d + 1 : d).toISOString();
}

/** @param {Shape} list @param {Query} query @returns {[string, string][]} */
function asked(list, query) {
  const filters = /** @type {[string, string][]} */ ((list.filters ?? []).filter(one => query[one.name]).map(one => [one.name, one.kind === 'date' ? instantOf(one.name, query[one.name]) : query[one.name]]));
  return [['query', query.query.trim()], ['sort', query.sort], ...filters];
}

/** @param {Shape} list @param {Query} query @param {string | null} [cursor] @param {number} [limit] */
export const requestOf = (list, query, cursor = null, limit = PAGE) => list.path + written([...asked(list, query), ['limit', String(limit)], ['cursor', cursor]]);

/** The whole list with its filters, as a file. @param {Shape} list @param {Query} query */
export const csvOf = (list, query) => list.path + written([...asked(list, query), ['format', 'csv']]);

/** @param {Shape} list @param {Query} query */
export const isNarrowed = (list, query) => Boolean(query.query.trim() || (list.filters ?? []).some(one => query[one.name]));

/** The other direction of the column that is sorted by, else the column's own first direction. @param {Shape} list @param {Query} query @param {string} field */
export function nextSort(list, query, field) {
  const now = query.sort || list.sorts[0];
  const first = list.sorts.find(one => fieldOf(one) === field) ?? field;
  const next = fieldOf(now) === field ? (isDescending(now) ? field : `-${field}`) : first;
  return next === list.sorts[0] ? '' : next;
}

/** Every field in both directions, the list's own order first. @param {Shape} list */
export const allSorts = list => list.sorts.flatMap(one => [one, isDescending(one) ? fieldOf(one) : `-${one}`]);

/** A page after those that are there; what moved from one page to the next meanwhile stands once. @param {any[]} items @param {any[]} more @param {(one: any) => string} idOf */
export function joined(items, more, idOf) {
  const known = new Set(items.map(idOf));
  return [...items, ...more.filter(one => !known.has(idOf(one)))];
}

/** @param {Set<string>} selected @param {string} id */
export function toggled(selected, id) {
  const next = new Set(selected);
  if (!next.delete(id) && next.size < MOST_SELECTED) next.add(id);
  return next;
}

/** From one row to another, both included, beside what was selected before. @param {Set<string>} selected @param {string[]} ids @param {string} from @param {string} to */
export function reached(selected, ids, from, to) {
  const [a, b] = [ids.indexOf(from), ids.indexOf(to)].sort((x, y) => x - y);
  const next = new Set(selected);
  for (const id of a < 0 ? [to] : ids.slice(a, b + 1)) if (next.size < MOST_SELECTED) next.add(id);
  return next;
}

/** All of the rows, or none when they all were. @param {Set<string>} selected @param {string[]} ids */
export function allOrNone(selected, ids) {
  const wanted = ids.slice(0, MOST_SELECTED);
  return wanted.every(id => selected.has(id)) ? new Set() : new Set(wanted);
}

/** @param {Set<string>} selected @param {string[]} ids that are still there */
export function kept(selected, ids) {
  const there = new Set(ids);
  return new Set([...selected].filter(id => there.has(id)));
}
