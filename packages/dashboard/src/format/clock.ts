const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const dayAndClock = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** The time of day, to the second. */
export const writeClock = (time: string | Date) => clock.format(new Date(time));

/** Day and time of day, to the second, without the year. */
export const writeDayAndClock = (time: string | Date) => dayAndClock.format(new Date(time));
