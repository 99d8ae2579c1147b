import { h } from './html.js';

/**
 * A drawing that the server made, as a picture: what is shown so runs nothing and asks for nothing, whatever stands in it.
 * @param {string} svg @param {string} label
 */
export const serverPicture = (svg, label) => h('img', { src: `data:image/svg+xml,${encodeURIComponent(svg)}`, alt: label });
