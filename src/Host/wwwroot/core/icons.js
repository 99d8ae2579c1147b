// Hand-made 20 × 20 line icons; each is one path, drawn with the current text colour.

const PATHS = {
  back: 'M12.5 4.5 7 10l5.5 5.5',
  chevron: 'm7.5 4.5 5.5 5.5-5.5 5.5',
  plus: 'M10 4v12M4 10h12',
  close: 'm5 5 10 10M15 5 5 15',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11Zm4-1.5 3.5 3.5',
  hash: 'M8 3.5 6.5 16.5M13.5 3.5 12 16.5M4 7.5h12.5M3.5 12.5H16',
  lock: 'M5.5 9h9v7.5h-9zM7 9V6.5a3 3 0 0 1 6 0V9',
  people: 'M7.5 9.5a2.75 2.75 0 1 0 0-5.5 2.75 2.75 0 0 0 0 5.5ZM2.5 16c.3-2.7 2.2-4 5-4s4.7 1.3 5 4M13 4.3a2.6 2.6 0 0 1 0 5M14.5 12.3c1.8.5 2.8 1.7 3 3.7',
  pin: 'M7 3.5h6l-.8 5 2.3 2.5v1.5h-9V11l2.3-2.5ZM10 12.5v4.5',
  reply: 'M8 5 3.5 9.5 8 14M3.5 9.5H11c3 0 5 1.8 5.5 5.5',
  edit: 'm4 16 .8-3.5L13 4.3a1.4 1.4 0 0 1 2 0l.7.7a1.4 1.4 0 0 1 0 2L7.5 15.2ZM11.5 6l2.5 2.5',
  trash: 'M4 5.5h12M8 5.5V3.5h4v2M5.5 5.5l.7 11h7.6l.7-11M8.5 8.5v5M11.5 8.5v5',
  smile: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM7 11.5c.6 1.3 1.6 2 3 2s2.4-.7 3-2M7.7 8v.1M12.3 8v.1',
  more: 'M5 10v.01M10 10v.01M15 10v.01',
  send: 'm3.5 10 13-6-4 12.5-3-5.5ZM9.5 11l7-7',
  copy: 'M7.5 7.5h8v8.5h-8zM12.5 7.5V4h-8v8.5h3',
  link: 'M8.5 11.5a3 3 0 0 0 4.3 0l2.5-2.5a3 3 0 0 0-4.3-4.3l-1 1M11.5 8.5a3 3 0 0 0-4.3 0L4.7 11A3 3 0 0 0 9 15.3l1-1',
  settings: 'M3.5 6h7M14.5 6h2M3.5 14h2M9.5 14h7M12.5 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM7.5 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z',
  leave: 'M8.5 4h-4v12h4M8 10h8.5M13.5 7l3 3-3 3',
  down: 'M10 4v12M5 11l5 5 5-5',
  compass: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM12.8 7.2 11.3 11.3 7.2 12.8 8.7 8.7Z',
  retry: 'M15.5 8A6 6 0 1 0 16 11.5M15.8 4v4h-4',
  history: 'M4.5 8A6 6 0 1 1 4 11.5M4.2 4v4h4M10 7v3.5l2.5 1.5',
  info: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 9.5V13M10 7v.01',
  warning: 'M10 3.5 17.5 16.5H2.5ZM10 8.5v3.5M10 14.2v.01',
  check: 'm4.5 10.5 3.5 3.5 7.5-8',
  clock: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14ZM10 6v4.2l2.8 1.6',
  compose: 'M9.5 4.5h-5v11h11v-5M8 12l.5-2.5L14.5 3.5l2 2L10.5 11.5Z',
  at: 'M10 12.8a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM12.8 7.2v3.8c0 1 .6 1.7 1.6 1.7s2.1-1 2.1-2.7a6.5 6.5 0 1 0-2.6 5.2',
  thread: 'M4 4.5h12v8.5H9.5L6 16v-3H4zM7 8h6M7 10.2h3.5',
  bell: 'M5 13.5c1-1.2 1.2-2.2 1.2-4.5a3.8 3.8 0 0 1 7.6 0c0 2.3.2 3.3 1.2 4.5ZM8.5 15.8c.3.7.8 1 1.5 1s1.2-.3 1.5-1M10 3.5v1.7',
  bellOff: 'M5 13.5c1-1.2 1.2-2.2 1.2-4.5 0-.6.1-1.1.3-1.6M8.3 5.6A3.8 3.8 0 0 1 13.8 9c0 1.5.1 2.5.5 3.3M12 13.5H5M8.5 15.8c.3.7.8 1 1.5 1s1.2-.3 1.5-1M3.5 3.5l13 13',
  keyboard: 'M3 6h14v8.5H3zM5.8 8.7v.01M8.6 8.7v.01M11.4 8.7v.01M14.2 8.7v.01M6.5 11.8h7',
  command: 'M12.5 4 7.5 16',
  camera: 'M3.5 6.5h3L8 4.5h4l1.5 2h3V15h-13ZM10 13a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  calendar: 'M4 5.5h12V16H4ZM4 8.5h12M7.2 3.8v3M12.8 3.8v3',
  file: 'M6 3.5h5.5l3 3v10H6ZM11.5 3.5v3h3',
  person: 'M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4.5 16.5c.5-3 2.5-4.3 5.5-4.3s5 1.3 5.5 4.3',
  bold: 'M6.5 4.5h4a2.7 2.7 0 0 1 0 5.4h-4ZM6.5 9.9h4.7a2.8 2.8 0 0 1 0 5.6H6.5Z',
  italic: 'M8.5 4.5h5M6.5 15.5h5M11.3 4.5 8.7 15.5',
  strike: 'M4 10h12M13.5 6.8C13.2 5.3 11.9 4.5 10 4.5c-2 0-3.3 1-3.3 2.5 0 .8.3 1.4 1 1.9M6.5 13c.2 1.6 1.6 2.5 3.5 2.5 2.1 0 3.5-1 3.5-2.6 0-.4-.1-.8-.3-1.1',
  code: 'M7 6 3 10l4 4M13 6l4 4-4 4',
  quote: 'M5 5v10M8.5 6.5h7M8.5 10h7M8.5 13.5h4.5',
  list: 'M4.5 5.8v.01M4.5 10v.01M4.5 14.2v.01M8 5.8h8M8 10h8M8 14.2h8',
  block: 'M3.5 4.5h13v11h-13ZM7.5 8 5.5 10l2 2M10 12.5h4',
  key: 'M7 10.5a3.2 3.2 0 1 0 0 .1ZM7.2 10.5h9.3v2.7M13 10.5v2',
  shield: 'M10 3.5 16 5.7v4.1c0 3.4-2.3 5.6-6 6.9-3.7-1.3-6-3.5-6-6.9V5.7Z',
  download: 'M10 3.5v9M6 9l4 4 4-4M4 16.5h12',
  megaphone: 'M4 8.5v3h2.5l6.5 4v-11l-6.5 4ZM15.5 8c.9 1.3.9 2.7 0 4',
};

/** @param {keyof typeof PATHS} name @returns {SVGElement} */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}
