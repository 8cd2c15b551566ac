/** What `work` gives if it does so in time. Work that is late goes on, and its outcome is the next look's to find. */
export async function before<Result>(deadline: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new Error('The stores did not answer before the deadline.'));
    timer = setTimeout(giveUp, Math.max(0, deadline - performance.now()));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
