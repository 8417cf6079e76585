/* The simulator as one writes it first: an array of queue lengths, d uniform draws at every arrival, the tail counts
   summed at every event for the time averages. Same model, same generator (Lemire's bounded integers), other draws than
   occupancy.c. With -DAREAS_ON_CHANGE it sums a tail count only when that changes, as occupancy.c does: the one trick
   of the other algorithm that carries over, kept apart so that a ratio says which program it is against.

   usage: straightforward n d C K a b events s0 s1 s2 s3     (ABOUNCE(C, d), strict; lambda = a/b; d = 0 stands for all)
   prints: events arrivals migrations delaySum jobsIntegral seconds */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef uint64_t u64;
typedef uint32_t u32;
typedef unsigned __int128 u128;

enum { LEVELS = 1 << 20 };

static u64 s[4];

static inline u64 rotl(u64 x, int k) { return (x << k) | (x >> (64 - k)); }

static inline u64 next(void) {
  const u64 result = rotl(s[0] + s[3], 23) + s[0], t = s[1] << 17;
  s[2] ^= s[0]; s[3] ^= s[1]; s[1] ^= s[2]; s[0] ^= s[3]; s[2] ^= t;
  s[3] = rotl(s[3], 45);
  return result;
}

static inline u64 below(u64 bound) {
  u128 product = (u128)next() * bound;
  if ((u64)product < bound) {
    const u64 threshold = -bound % bound;
    while ((u64)product < threshold) product = (u128)next() * bound;
  }
  return product >> 64;
}

int main(int argc, char **argv) {
  if (argc < 12) { fprintf(stderr, "usage: straightforward n d C K a b events s0 s1 s2 s3\n"); return 2; }
  const u32 n = strtoul(argv[1], 0, 10), d = strtoul(argv[2], 0, 10);
  const u32 C = strtoul(argv[3], 0, 10), K = strtoul(argv[4], 0, 10);
  const u64 a = strtoull(argv[5], 0, 10), b = strtoull(argv[6], 0, 10), events = strtoull(argv[7], 0, 10);
  for (int i = 0; i < 4; i++) s[i] = strtoull(argv[8 + i], 0, 10);

  u32 *lengths = calloc(n, sizeof *lengths);
  u64 *tails = calloc(LEVELS, sizeof *tails), *changed = calloc(LEVELS, sizeof *changed), *integral = calloc(LEVELS, sizeof *integral);
  u64 arrivals = 0, migrations = 0, delay = 0;
#ifdef AREAS_ON_CHANGE
#define BEFORE_CHANGE(i) (integral[i] += tails[i] * (t - changed[i]), changed[i] = t)
#else
#define BEFORE_CHANGE(i) ((void)changed)
  u32 longest = 0; /* no tail above it has ever been positive */
#endif

  struct timespec from, to;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
  for (u64 t = 1; t <= events; t++) {
#ifndef AREAS_ON_CHANGE
    while (tails[longest + 1] > 0) longest++;
    while (longest > 0 && tails[longest] == 0) longest--;
    for (u32 i = 1; i <= longest; i++) integral[i] += tails[i];
#endif
    if (below(a + b) < a) {
      const u32 origin = below(n), q = lengths[origin];
      u32 shortest = 0, m = UINT32_MAX;
      if (d == 0) {
        for (u32 i = 0; i < n; i++) if (lengths[i] < m) { m = lengths[i]; shortest = i; }
      } else {
        for (u32 k = 0; k < d; k++) {
          const u32 i = below(n);
          if (lengths[i] < m) { m = lengths[i]; shortest = i; }
        }
      }
      const int migrates = q > m + C;
      const u32 target = migrates ? shortest : origin, pieces = migrates ? K : 1;
      for (u32 k = 0; k < pieces; k++) {
        const u32 i = ++lengths[target];
        BEFORE_CHANGE(i);
        tails[i]++;
      }
      arrivals++;
      migrations += migrates;
      delay += migrates ? m + K : q + 1;
    } else {
      const u32 server = below(n), i = lengths[server];
      if (i > 0) {
        lengths[server]--;
        BEFORE_CHANGE(i);
        tails[i]--;
      }
    }
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);

  u64 jobs = 0;
#ifdef AREAS_ON_CHANGE
  for (u32 i = 1; i < LEVELS; i++) jobs += integral[i] + tails[i] * (events - changed[i]);
#else
  for (u32 i = 1; i < LEVELS; i++) jobs += integral[i];
#endif
  printf("%lu %lu %lu %lu %lu %.9f\n", events, arrivals, migrations, delay, jobs,
         (to.tv_sec - from.tv_sec) + 1e-9 * (to.tv_nsec - from.tv_nsec));
  return 0;
}
