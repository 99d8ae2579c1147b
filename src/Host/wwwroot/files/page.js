// One's files: all of one's own, what others sent, what one sent; endless, searched by name. The address is the list, so
// that it can be kept and gone back to.

import { get } from '../core/api.js';
import { avatarOf } from '../core/avatar.js';
import { h, patch } from '../core/html.js';
import { t } from '../core/i18n.js';
import { icon } from '../core/icons.js';
import { nameOf, roomName } from '../core/people.js';
import { currentRoute, goBack } from '../core/router.js';
import { store } from '../core/store.js';
import { shortDate } from '../core/time.js';
import { debounce, empty, failure, iconButton, openMenu, skeleton } from '../core/ui.js';
import { needStyle } from '../core/style.js';
import { dropZone } from './attach.js';
import { fileActions } from './actions.js';
import { orNothing } from './download.js';
import { iconOf, kindOf, thumbnailOf } from './kinds.js';
import { fileSize } from './size.js';
import { sourceOf, uploads } from './uploading.js';

needStyle('pages.css');

const PAGE = 50;
const BOXES = /** @type {const} */ (['mine', 'received', 'sent']);

/** @param {URLSearchParams} query */
export const readList = query => ({ box: BOXES.find(one => one === query.get('box')) ?? 'mine', query: (query.get('q') ?? '').slice(0, 200) });
/** @param {{box: string, query: string}} list */
export function addressOf({ box, query }) {
  const search = new URLSearchParams([...(box === 'mine' ? [] : [['box', box]]), ...(query.trim() ? [['q', query.trim()]] : [])]);
  return `/files${search.size ? `?${search}` : ''}`;
}

/** @param {HTMLElement} root */
export function filesView(root) {
  const fresh = () => ({ items: /** @type {any[] | null} */ (null), cursor: /** @type {string | null} */ (null), error: /** @type {any} */ (null), busy: false });
  const state = { list: readList(currentRoute().query), asked: '', usage: /** @type {any} */ (null), stopped: false, ...fresh() };
  const actions = fileActions({
    changed: file => { state.items = state.items?.map(one => (one.id === file.id ? file : one)) ?? null; draw(); loadUsage(); },
    removed: file => { state.items = state.items?.filter(one => one.id !== file.id) ?? null; draw(); loadUsage(); },
  });

  async function load(more = false) {
    const { box, query } = state.list;
    const asked = `${box} ${query}`;
    if (!more && asked !== state.asked) Object.assign(state, fresh());
    Object.assign(state, { asked, busy: true, error: null });
    draw();
    try {
      const page = await get(`/files?box=${box}&limit=${PAGE}${query.trim() ? `&query=${encodeURIComponent(query.trim())}` : ''}${more && state.cursor ? `&cursor=${state.cursor}` : ''}`);
      if (asked !== state.asked) return;
      Object.assign(state, { items: more ? [...(state.items ?? []), ...page.items] : page.items, cursor: page.nextCursor ?? null });
    } catch (error) {
      if (asked !== state.asked) return;
      state.error = error;
    }
    state.busy = false;
    draw();
  }

  async function loadUsage() {
    try {
      state.usage = await get('/files/usage');
      draw();
    } catch (error) {
      console.warn('what is used is not known', error.code);
    }
  }

  const later = debounce(() => load(), 250);
  /** @param {Partial<typeof state.list>} change */
  function set(change, now = true) {
    state.list = { ...state.list, ...change };
    history.replaceState(history.state, '', addressOf(state.list));
    if (now) load();
    else { draw(); later(); }
  }

  /** @param {{file: File, handle?: any}[]} files */
  const add = async files => { for (const { file, handle = null } of files) await uploads.add({ source: sourceOf(file), file, handle, tag: { page: true } }); };
  function choose() {
    const input = h('input', { type: 'file', multiple: true, onchange: () => add([...input.files].map(file => ({ file }))) });
    input.click();
  }

  const ends = new IntersectionObserver(entries => { if (entries.some(one => one.isIntersecting) && state.cursor && !state.busy && !state.error) load(true); }, { rootMargin: '600px' });

  function quota() {
    const { usage } = state;
    if (!usage) return null;
    const part = usage.quotaBytes ? Math.min(1, usage.bytes / usage.quotaBytes) : 0;
    const words = usage.quotaBytes ? t('files.quota', { used: fileSize(usage.bytes), all: fileSize(usage.quotaBytes) }) : t('files.used', { used: fileSize(usage.bytes) });
    return h('div.quota', { key: 'quota', class: part > 0.9 && 'nearly', 'data-testid': 'quota' }, h('p', null, words, ' · ', t('files.count', { n: usage.files })),
      usage.quotaBytes > 0 && h('progress', { max: '1', value: part, 'aria-label': t('files.quotaLabel') }));
  }

  /** Where it is, or from whom. @param {any} file */
  function place(file) {
    const me = store.get().me?.id;
    const room = store.get().rooms[file.roomId];
    return [file.ownerId !== me && nameOf(file.ownerId), file.roomId ? (room ? (room.type === 'direct' ? t('files.withPerson', { name: roomName(room) }) : `#${roomName(room)}`) : t('files.elsewhere')) : t('files.private')].filter(Boolean).join(' · ');
  }

  function row(file) {
    const picture = kindOf(file) === 'picture' && file.hasThumbnail;
    const more = event => {
      const anchor = event.currentTarget;
      openMenu(anchor, actions.listOf(file).map(one => ({ ...one, testid: `file-${one.id}`, run: () => one.run(file, anchor) })), file.name);
    };
    return h('li.file-row', { key: file.id, 'data-testid': 'file-row', 'data-file': file.id },
      h('button.file-row-main', { type: 'button', 'data-testid': 'file-row-open', onclick: event => actions.open(file, event.currentTarget) },
        h('span.file-sign', { class: kindOf(file) }, picture ? h('img', { src: thumbnailOf(file), alt: '', width: '38', height: '38', loading: 'lazy', decoding: 'async', onerror: orNothing }) : icon(iconOf(file))),
        h('span.file-words', null, h('strong', { title: file.name }, file.name),
          h('small', null, h('span', null, fileSize(file.size)), h('span', null, shortDate(file.createdAt)), h('span.file-place', null, file.ownerId !== store.get().me?.id && avatarOf(file.ownerId, 'tiny'), place(file)),
            file.version > 1 && h('span.tag', null, t('files.version', { n: file.version })), file.encrypted && h('span.file-lock', { title: t('files.encryptedHint') }, icon('lock'), t('files.encrypted'))))),
      iconButton('download', t('files.downloadNamed', { name: file.name }), { class: 'only-wide', 'data-testid': 'file-row-download', onclick: () => actions.download(file) }),
      iconButton('more', t('files.moreNamed', { name: file.name }), { 'aria-haspopup': 'menu', 'data-testid': 'file-row-more', onclick: more }));
  }

  function content() {
    const { items, list } = state;
    if (state.error && !items?.length) return failure(state.error, () => load());
    if (!items) return skeleton(7, 'row');
    if (!items.length) {
      if (list.query.trim()) return empty('search', t('files.noneNamed', { text: list.query.trim() }), t('files.noneNamedText'), h('button.secondary', { type: 'button', onclick: () => set({ query: '' }) }, t('files.showAll')));
      const teach = list.box === 'mine' ? h('button.primary', { type: 'button', onclick: choose }, icon('upload'), t('files.upload')) : null;
      return empty('file', t(`files.empty.${list.box}`), t(`files.emptyText.${list.box}`), ...(teach ? [teach] : []));
    }
    return [
      h('ul.file-rows', { 'data-testid': 'file-rows' }, items.map(row)),
      state.error ? failure(state.error, () => load(true)) : state.cursor ? h('div.search-more', { key: 'more', 'data-more': '' }, h('span.spinner', { role: 'status', 'aria-label': t('state.loading') })) : null,
    ];
  }

  /** The arrow keys lead through the files. */
  function onkeydown(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const rows = /** @type {HTMLElement[]} */ ([...root.querySelectorAll('.file-row-main')]);
    const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    if (!step || !rows.length || (at < 0 && (event.target.tagName !== 'INPUT' || step < 0))) return;
    event.preventDefault();
    if (at + step < 0) root.querySelector('input')?.focus();
    else rows[Math.min(at + step, rows.length - 1)].focus();
  }

  function draw() {
    if (state.stopped) return;
    const { list, items } = state;
    patch(page, [
      h('header.page-head', { key: 'head' }, iconButton('back', t('action.back'), { class: 'only-narrow', onclick: () => goBack('/') }), h('h1', { tabindex: '-1' }, t('files.title')),
        h('button.primary', { type: 'button', 'data-testid': 'files-upload', onclick: choose }, icon('upload'), h('span', null, t('files.upload')))),
      h('div.page-body', { key: 'body' },
        h('div.files-bar', { key: 'bar' },
          h('div.segments', { role: 'group', 'aria-label': t('files.show') }, BOXES.map(box => h('button', { type: 'button', 'aria-pressed': String(list.box === box), 'data-testid': `box-${box}`, onclick: () => set({ box }) }, t(`files.box.${box}`)))),
          quota()),
        h('div.search-box', { key: 'search', role: 'search' }, icon('search'), h('input.search-input', { type: 'search', 'aria-label': t('files.find'), placeholder: t('files.find'), value: list.query, maxlength: '200', autocomplete: 'off', 'data-testid': 'files-search', oninput: event => set({ query: event.currentTarget.value }, false) })),
        h('p.visually-hidden', { key: 'said', role: 'status' }, items && !state.busy ? t('files.count', { n: items.length }) : ''),
        h('div', { key: `list-${list.box}-${!items}` }, content())),
    ]);
    const more = page.querySelector('[data-more]');
    ends.disconnect();
    if (more) ends.observe(more);
  }

  const page = h('div.page.files-page', { own: true, onkeydown });
  patch(root, page);
  const offDrop = dropZone(root, () => t('files.dropMine'), add);
  load();
  loadUsage();
  const off = store.subscribe((now, before) => {
    const done = list => list.filter(one => one.state === 'done').map(one => one.id).join();
    if (done(now.uploads) !== done(before.uploads)) { load(); loadUsage(); }
    else if (now.users !== before.users || now.rooms !== before.rooms) draw();
  });
  return {
    stop() {
      state.stopped = true;
      off();
      offDrop();
      ends.disconnect();
    },
    /** Another list by a link or by the back button. */
    moved(route) {
      const next = readList(route.query);
      if (addressOf(next) === addressOf(state.list)) return;
      state.list = next;
      load();
    },
  };
}
