/** `1:02:03` of milliseconds, as squeue says it: no more than it needs. */
export function duration(milliseconds: number): string {
  const [days, hours, minutes, seconds] = parts(milliseconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  if (days > 0) return `${days}-${two(hours)}:${two(minutes)}:${two(seconds)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

/** `00:02:03`, as scontrol says it. */
export function longDuration(milliseconds: number): string {
  const [days, ...rest] = parts(milliseconds);
  const clock = rest.map((value) => String(value).padStart(2, '0')).join(':');
  return days > 0 ? `${days}-${clock}` : clock;
}

export const moment = (milliseconds: number | undefined): string =>
  milliseconds === undefined ? 'Unknown' : new Date(milliseconds).toISOString().slice(0, 19);

function parts(milliseconds: number): [number, number, number, number] {
  const seconds = Math.floor(milliseconds / 1000);
  return [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
}
