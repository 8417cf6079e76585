/* The simulator's algorithm in C: sorted lengths with level boundaries, one draw for the shortest of d sampled queues.
   Same generator, same draws and same arithmetic as src/science/sim/assembly/kernel.ts, so the counts agree to the digit.

   usage: occupancy n d C K a b events s0 s1 s2 s3 r0 r1 r2 r3 < table     (ABOUNCE(C, d), strict; lambda = a/b; d = 0 stands for all)
   prints: events arrivals migrations delaySum jobsIntegral seconds */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef uint64_t u64;
typedef uint32_t u32;
typedef unsigned __int128 u128;
typedef u64 Pair __attribute__((vector_size(16))); /* a word of the origins' generator and one of the samples' */

typedef struct { u64 accept; u32 alias; u32 unused; } Entry;
typedef struct { u32 count; u32 beta; u64 integral, stays, migrations; } Level;

enum { LEVELS = 1 << 20 };

static inline Pair rotl(Pair x, int k) { return (x << k) | (x >> (64 - k)); }

/* The alias table arrives on standard input, "accept alias" a line, so that both programs use the very same one. */
static Entry *readTable(u32 n) {
  Entry *table = malloc(n * sizeof *table);
  for (u32 j = 0; j < n; j++)
    if (scanf("%lu %u", &table[j].accept, &table[j].alias) != 2) { fprintf(stderr, "occupancy: short table\n"); exit(2); }
  return table;
}

int main(int argc, char **argv) {
  if (argc != 16) { fprintf(stderr, "usage: occupancy n d C K a b events s0 s1 s2 s3 r0 r1 r2 r3 < table\n"); return 2; }
  const u32 n = strtoul(argv[1], 0, 10);
  const u32 C = strtoul(argv[3], 0, 10), K = strtoul(argv[4], 0, 10);
  const u64 a = strtoull(argv[5], 0, 10), b = strtoull(argv[6], 0, 10), events = strtoull(argv[7], 0, 10);
  u64 word[8];
  for (int i = 0; i < 8; i++) word[i] = strtoull(argv[8 + i], 0, 10);
  Pair s0 = {word[0], word[4]}, s1 = {word[1], word[5]}, s2 = {word[2], word[6]}, s3 = {word[3], word[7]};
  int shift = 1;
  while ((n >> shift) != 0) shift++;
  const int bits = 64 - shift;
  const u64 mask = ((u64)1 << bits) - 1, modulus = a + b;
  const u64 arrivalBelow = (u64)((((u128)a << bits) + modulus - 1) / modulus);
  const u64 rejectBelow = ((u64)1 << bits) % (n * modulus);

  Entry *table = readTable(n);
  Level *levels = calloc(LEVELS, sizeof *levels);
  u32 *lengths = calloc(n, sizeof *lengths);
  for (u32 i = 0; i < LEVELS; i++) levels[i].beta = i + C + 1;
  levels[0].count = n;

  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  u64 t = 0;
  while (t < events) {
    const Pair draw = rotl(s0 + s3, 23) + s0, shifted = s1 << 17;
    s2 ^= s0; s3 ^= s1; s1 ^= s2; s0 ^= s3; s2 ^= shifted;
    s3 = rotl(s3, 45);
    const u64 u = draw[0], v = draw[1];

    const u64 product = (u >> shift) * n, fraction = product & mask;
    if (((fraction * modulus) & mask) < rejectBelow) continue;
    t++;
    const u32 arrival = fraction < arrivalBelow;
    const u32 q = lengths[product >> bits];

    const u64 product2 = (v >> shift) * n;
    const u32 cell = product2 >> bits;
    const u32 position = (product2 & mask) < table[cell].accept ? cell : table[cell].alias;
    const u32 m = lengths[position];
    Level *level = &levels[m];

    if (arrival & (q >= level->beta)) {
      level->migrations++;
      u32 length = m;
      for (u32 piece = 0; piece < K; piece++) {
        length++; level++;
        lengths[level->count++] = length;
        level->integral -= t;
      }
    } else {
      const u32 departure = arrival ^ 1;
      const u32 step = arrival - (departure & (q > 0));
      level = &levels[q + arrival];
      const u32 count = level->count;
      lengths[count - departure] = q + step;
      level->count = count + step;
      level->integral -= (u64)(int64_t)(int32_t)step * t;
      level->stays += arrival;
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &to);

  u64 arrivals = 0, migrations = 0, delay = 0, integral = 0;
  for (u64 i = 0; i < LEVELS; i++) {
    arrivals += levels[i].stays + levels[i].migrations;
    migrations += levels[i].migrations;
    delay += levels[i].stays * i + levels[i].migrations * (i + K);
    if (i > 0) integral += levels[i].integral + levels[i].count * t;
  }
  printf("%lu %lu %lu %lu %lu %.9f\n", t, arrivals, migrations, delay, integral,
         (to.tv_sec - from.tv_sec) + 1e-9 * (to.tv_nsec - from.tv_nsec));
  return 0;
}
