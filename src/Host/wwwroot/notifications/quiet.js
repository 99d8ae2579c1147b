/**
 * Whether it is one of the hours in which a person wants to hear nothing; they may go over midnight.
 * @param {{enabled?: boolean, from?: string, to?: string, timeZone?: string} | null | undefined} quiet @param {Date} [now]
 */
export function isQuiet(quiet, now = new Date()) {
  if (!quiet?.enabled || !quiet.from || !quiet.to) return false;
  let clock;
  try {
    clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: quiet.timeZone || undefined }).format(now);
  } catch {
    clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(now);
  }
  return quiet.from <= quiet.to ? clock >= quiet.from && clock < quiet.to : clock >= quiet.from || clock < quiet.to;
}
