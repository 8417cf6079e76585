/** Time, as the fake cluster sees it, in milliseconds: the machine's own, or one that a simulation moves. */
export interface FakeClock {
  now(): number;
  /** Does something later; what comes back takes that back. */
  after(milliseconds: number, work: () => void): () => void;
}

export const machineClock: FakeClock = {
  now: () => Date.now(),
  after: (milliseconds, work) => {
    const timer = setTimeout(work, milliseconds);
    return () => clearTimeout(timer);
  },
};
