// What the parts of the local page have in common: choosing files, and working on them one after the other.

import { number, t } from '../core/i18n.js';
import { h } from '../core/html.js';
import { errorText, iconButton } from '../core/ui.js';
import { chooseSink, handOut, toFile } from '../crypto/jobs.js';

/** @typedef {{file: File, name: string, state: 'waiting' | 'running' | 'done' | 'failed', done: number, since: number, error: any, stop: AbortController}} Task */

const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'];

/** @param {number} bytes */
export function sizeText(bytes) {
  const step = bytes < 1000 ? 0 : Math.min(4, Math.floor(Math.log10(bytes) / 3));
  return new Intl.NumberFormat(document.documentElement.lang, { style: 'unit', unit: UNITS[step], unitDisplay: 'short', maximumFractionDigits: step > 1 ? 1 : 0 }).format(bytes / 1000 ** step);
}

/** @param {{id: string, label: string, multiple?: boolean, accept?: string, take: (files: File[]) => void}} how */
export function fileBox({ id, label, multiple = false, accept, take }) {
  const over = (event, on) => event.currentTarget.classList.toggle('over', on);
  return h('div.drop', {
    key: id, ondragover: event => { event.preventDefault(); over(event, true); }, ondragleave: event => over(event, false),
    ondrop: event => { event.preventDefault(); over(event, false); take([...event.dataTransfer.files]); },
  }, h('label', { for: id }, label), h('input', { type: 'file', id, multiple, accept, 'data-testid': id, onchange: event => { take([...event.currentTarget.files]); event.currentTarget.value = ''; } }));
}

/** @param {File[]} files @param {(name: string) => string} name @returns {Task[]} */
export const tasksOf = (files, name) => files.map(file => ({ file, name: name(file.name), state: 'waiting', done: 0, since: 0, error: null, stop: new AbortController() }));

/** @param {Task[]} tasks @param {(file: File) => any} orderOf @param {() => void} draw */
export async function work(tasks, orderOf, draw) {
  for (const task of tasks.filter(one => one.state === 'waiting' || one.state === 'failed')) {
    Object.assign(task, { state: 'running', done: 0, since: performance.now(), error: null, stop: new AbortController() });
    draw();
    try {
      const sink = await chooseSink(task.name, task.file.size);
      const made = await toFile(orderOf(task.file), { sink, signal: task.stop.signal, progress: done => { task.done = done; draw(); } });
      if (made) handOut(made, task.name);
      task.state = 'done';
    } catch (error) {
      Object.assign(task, { state: 'failed', error });
    }
    draw();
  }
}

/** @param {Task} task */
function words(task) {
  if (task.state === 'done') return t('local.done', { name: task.name });
  if (task.state === 'failed') return errorText(task.error);
  if (task.state === 'waiting') return sizeText(task.file.size);
  const seconds = (performance.now() - task.since) / 1000;
  const speed = seconds > 0.5 ? task.done / seconds : 0;
  const left = speed > 0 ? Math.ceil((task.file.size - task.done) / speed) : 0;
  return speed > 0 ? t('local.running', { percent: number(Math.floor(100 * task.done / Math.max(1, task.file.size))), speed: sizeText(speed), left: number(left) }) : t('local.begins');
}

/** @param {Task[]} tasks @param {(task: Task) => void} drop */
export const taskList = (tasks, drop) => tasks.length > 0 && h('ul.local-list', { key: 'tasks' }, tasks.map(task => h('li', { key: `${task.file.name} ${task.file.size}`, 'data-testid': 'task', 'data-state': task.state },
  h('div', null, h('strong', null, task.file.name), h('small', { role: task.state === 'failed' ? 'alert' : null, class: task.state === 'failed' && 'field-error' }, words(task))),
  iconButton('close', t(task.state === 'running' ? 'action.cancel' : 'local.remove'), { 'data-testid': 'task-stop', onclick: () => (task.state === 'running' ? task.stop.abort() : drop(task)) }),
  task.state === 'running' && h('progress', { max: String(Math.max(1, task.file.size)), value: String(task.done), 'aria-label': task.file.name }))));
