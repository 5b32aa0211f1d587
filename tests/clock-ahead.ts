// Preloaded with `--import`: every clock of the process is ahead by CLOCK_AHEAD_HOURS, for what takes days.
const ahead = Number(process.env.CLOCK_AHEAD_HOURS) * 3_600_000;
if (!Number.isSafeInteger(ahead)) throw new Error('CLOCK_AHEAD_HOURS must be a whole number of hours');
const RealDate = Date;
const now = () => RealDate.now() + ahead;

globalThis.Date = new Proxy(RealDate, {
  // Without arguments it is now.
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
