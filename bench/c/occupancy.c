/* The simulator's algorithm in C: tail counts in the lanes of one register, draws of 16 digits looked up in tables, one draw
   for the shortest of d sampled queues; sorted lengths while a queue is long. Same generators, same draws and same arithmetic
   as src/science/sim/assembly/narrow.ts, which explains it, so the counts agree to the digit. Written in the vector
   extensions of GCC and Clang.

   usage: occupancy n C K a b events s0 s1 s2 s3 r0 r1 r2 r3 key < tables     (ABOUNCE(C, d), strict; lambda = a/b; n <= 254)
   tables: 2^16 pairs of origins' codes, 2^16 samples' codes, n - 1 thresholds of 64 bits
   prints: events arrivals migrations delaySum jobsIntegral seconds */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef uint64_t u64;
typedef uint32_t u32;
typedef uint16_t u16;
typedef unsigned __int128 u128;
typedef u64 Pair __attribute__((vector_size(16))); /* a word of the origins' generator and one of the samples' */
typedef int8_t Lanes __attribute__((vector_size(16)));
typedef int8_t Half __attribute__((vector_size(8)));
typedef int16_t Sums __attribute__((vector_size(16)));

typedef struct { u32 count, beta; u64 integral, stays, migrations; } Level;
typedef struct { int8_t arrival, departure; } Origin;

enum { LEVELS = 1 << 20, BLOCK = 256, BIAS = 127, NONE = 127, OPEN = -128, LONGEST_NARROW = 5 };

static u32 n, C, K;
static u64 a, modulus, key;
static Origin origins[1 << 16];
static int8_t samples[1 << 16];
static u64 thresholds[256];
static Level *levels;
static u32 lengths[256];
static int sorted = 0;
static u16 draws[2][2][BLOCK] __attribute__((aligned(16)));
typedef struct { Pair s0, s1, s2, s3; } Generators;
static Generators generators;

static const Lanes SWAP = {8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7};
static const Lanes NEXT = {16, 8, 9, 10, 11, 12, 13, 14, 16, 8, 9, 10, 11, 12, 13, 14};
static const Lanes NOT_ZERO = {0, -1, -1, -1, -1, -1, -1, -1, 0, -1, -1, -1, -1, -1, -1, -1};

static inline Pair rotl(Pair x, int k) { return (x << k) | (x >> (64 - k)); }
static inline Lanes splat(int8_t x) { return (Lanes){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }
static inline Lanes halves(Lanes x, Lanes y) { return (Lanes)(Pair){((Pair)x)[0], ((Pair)y)[0]}; }
static inline Lanes up(Lanes x) { return (Lanes)((Pair)x << 8); }
static inline Lanes down(Lanes x) { return (Lanes)((Pair)x >> 8); }

static u64 mix64(u64 z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

static u64 digits(u64 t, u64 which) { return mix64(key + (4 * t + which) * 0x9e3779b97f4a7c15u); }

static Origin originOf(u64 t, u64 first) {
  const u64 bound = n * modulus, word = first << 48 | digits(t, 0) >> 16;
  u64 outcome = (u128)word * bound >> 64;
  const u64 rest = word * bound;
  if (rest > -bound) {
    u64 draw = digits(t, 2);
    while (draw * bound < -bound % bound) draw = mix64(draw + 0x9e3779b97f4a7c15u);
    outcome += rest + (u64)((u128)draw * bound >> 64) < rest;
  }
  const u64 position = outcome / modulus;
  const int8_t code = (int)position - BIAS;
  return outcome - position * modulus < a ? (Origin){code, NONE} : (Origin){NONE, code};
}

static int8_t sampleOf(u64 t, u64 first) {
  const u64 draw = first << 48 | digits(t, 1) >> 16;
  const int before = first ? samples[first - 1] : OPEN;
  u32 position = before == OPEN ? 0 : before + BIAS;
  if (position < n - 1) position += draw >= thresholds[position];
  while (position < n - 1 && draw >= thresholds[position]) position++;
  return (int)position - BIAS;
}

static void refine(u64 t, u64 originDigits, u64 sampleDigits, Origin *origin, int8_t *sample) {
  if (origin->arrival == OPEN) *origin = originOf(t, originDigits);
  if (*sample == OPEN) *sample = sampleOf(t, sampleDigits);
}

static inline __attribute__((always_inline)) void drawFour(Generators *g, u16 (*to)[BLOCK], u32 event) {
  const Pair draw = rotl(g->s0 + g->s3, 23) + g->s0, shifted = g->s1 << 17;
  g->s2 ^= g->s0; g->s3 ^= g->s1; g->s1 ^= g->s2; g->s0 ^= g->s3; g->s2 ^= shifted;
  g->s3 = rotl(g->s3, 45);
  const u64 u = draw[0], v = draw[1];
  memcpy(to[0] + event, &u, 8);
  memcpy(to[1] + event, &v, 8);
}

/* Four events; returns whether a draw was open, or a queue had 7 jobs. */
static inline __attribute__((always_inline)) int four(const Origin *o, const int8_t *s, const u16 *at, const u16 *sampleAt, Lanes thresholdLanes,
                                                      u32 pieces, Lanes *tails_, Lanes *sum_, Lanes *counts_) {
  Lanes tails = *tails_, sum = *sum_, counts = *counts_, open = {0};
#pragma GCC unroll 4
  for (int k = 0; k < 4; k++) {
    const Origin *origin = o + at[k];
    const Lanes u = splat(origin->arrival), j = splat(s[sampleAt[k]]);
    sum += tails;
    const Lanes above = tails > halves(u, j);
    open |= above;
    Lanes joins = (above ^ up(above)) & (__builtin_shuffle(tails, thresholdLanes) > halves(j, u));
    counts -= joins;
    const Lanes busy = tails > splat(origin->departure);
    tails = tails + ((busy ^ down(busy)) & NOT_ZERO) - joins - __builtin_shuffle(joins, SWAP);
    for (u32 piece = 1; piece < pieces; piece++) {
      joins = piece == 1 ? __builtin_shuffle(joins, (Lanes){0}, NEXT) : up(joins);
      tails -= joins;
    }
  }
  *tails_ = tails; *sum_ = sum; *counts_ = counts;
  return ((u64)(((Pair)open)[0] | ((Pair)open)[1]) >> 63) != 0;
}

/* Blocks from the start of one, up to `blocks` or a queue of 7 jobs; the next block's draws are in draws[0] then. */
static inline __attribute__((always_inline)) u64 simulateNarrow(u64 t, u64 blocks, u32 pieces, Lanes thresholdLanes) {
  Lanes tails;
  Generators g = generators;
  u64 done = 0;
  int here = 0;
  for (int i = 0; i < 8; i++) tails[i] = tails[i + 8] = (int)levels[i].count - BIAS;
  for (; done < blocks; done++, t += BLOCK) {
    Lanes counts = {0};
    Sums sums = {0};
    for (u32 at = 0; at < BLOCK; at += 16) {
      const Lanes first = tails;
      Lanes sum = {0};
      for (u32 k = at; k < at + 16; k += 4) {
        drawFour(&g, draws[here ^ 1], k);
        const u16 *origin = draws[here][0] + k, *sample = draws[here][1] + k;
        const Lanes tailsFrom = tails, sumFrom = sum, countsFrom = counts;
        if (__builtin_expect(four(origins, samples, origin, sample, thresholdLanes, pieces, &tails, &sum, &counts), 0)) {
          static const u16 number[4] = {0, 1, 2, 3};
          Origin o[4];
          int8_t s[4];
          u32 opens = 0;
          for (int i = 0; i < 4; i++) {
            o[i] = origins[origin[i]];
            s[i] = samples[sample[i]];
            opens |= ((o[i].arrival == OPEN) | (s[i] == OPEN) << 4) << i;
          }
          for (; opens; opens &= opens - 1) {
            const int i = __builtin_ctz(opens);
            if (i < 4) o[i] = originOf(t + k + i, origin[i]);
            else s[i & 3] = sampleOf(t + k + (i & 3), sample[i & 3]);
          }
          tails = tailsFrom; sum = sumFrom; counts = countsFrom;
          four(o, s, number, number, thresholdLanes, pieces, &tails, &sum, &counts);
        }
      }
      const Lanes deviations = sum - (Lanes)((Sums)(first & 15) << 4), m = first + BIAS;
      Half low, lowM;
      memcpy(&low, &deviations, 8);
      memcpy(&lowM, &m, 8);
      sums += __builtin_convertvector(low, Sums) + ((__builtin_convertvector(lowM, Sums) & 255) << 4);
    }
    if (sums[7] || tails[7] != -BIAS) {
      break; /* the levels are those before the block */
    }
    for (int i = 0; i < 8; i++) {
      const u64 after = tails[i] + BIAS;
      levels[i].integral += levels[i].count * t + (u16)sums[i] - after * (t + BLOCK);
      levels[i].count = after;
      levels[i].stays += (uint8_t)counts[i];
      if (i > 0) levels[i - 1].migrations += (uint8_t)counts[i + 8];
    }
    here ^= 1;
    generators = g;
  }
  if (here) memcpy(draws[0], draws[1], sizeof draws[0]);
  return done;
}

/* The loop over the pieces is unrolled where K = 2. */
static __attribute__((noinline)) u64 simulateTwo(u64 t, u64 blocks, Lanes lanes) { return simulateNarrow(t, blocks, 2, lanes); }
static __attribute__((noinline)) u64 simulateAny(u64 t, u64 blocks, Lanes lanes) { return simulateNarrow(t, blocks, K, lanes); }

static void simulateSorted(u64 t, u32 events) {
  if (!sorted) {
    u32 length = LEVELS - 1;
    for (u32 position = 0; position < n; position++) {
      while (levels[length].count <= position) length--;
      lengths[position] = length;
    }
    sorted = 1;
  }
  for (u32 at = t % BLOCK, end = at + events; at < end; at++) {
    Origin origin = origins[draws[0][0][at]];
    int8_t sample = samples[draws[0][1][at]];
    refine(t, draws[0][0][at], draws[0][1][at], &origin, &sample);
    t++;
    const u32 arrival = origin.arrival != NONE;
    const u32 q = lengths[(arrival ? origin.arrival : origin.departure) + BIAS], m = lengths[sample + BIAS];
    Level *level = &levels[m];
    if (arrival & (q >= level->beta)) {
      level->migrations++;
      for (u32 length = m + 1; length <= m + K; length++) {
        level++;
        lengths[level->count++] = length;
        level->integral -= t;
      }
    } else {
      const u32 departure = arrival ^ 1, step = arrival - (departure & (q > 0));
      level = &levels[q + arrival];
      const u32 count = level->count;
      lengths[count - departure] = q + step;
      level->count = count + step;
      level->integral -= (u64)(int64_t)(int32_t)step * t;
      level->stays += arrival;
    }
  }
}

int main(int argc, char **argv) {
  if (argc != 16) { fprintf(stderr, "usage: occupancy n C K a b events s0 s1 s2 s3 r0 r1 r2 r3 key < tables\n"); return 2; }
  n = strtoul(argv[1], 0, 10); C = strtoul(argv[2], 0, 10); K = strtoul(argv[3], 0, 10);
  a = strtoull(argv[4], 0, 10);
  modulus = a + strtoull(argv[5], 0, 10);
  const u64 events = strtoull(argv[6], 0, 10);
  u64 word[9];
  for (int i = 0; i < 9; i++) word[i] = strtoull(argv[7 + i], 0, 10);
  generators = (Generators){{word[0], word[4]}, {word[1], word[5]}, {word[2], word[6]}, {word[3], word[7]}};
  key = word[8];
  if (n > 254 || fread(origins, sizeof origins, 1, stdin) != 1 || fread(samples, sizeof samples, 1, stdin) != 1 ||
      fread(thresholds, 8, n - 1, stdin) != n - 1) { fprintf(stderr, "occupancy: short tables\n"); return 2; }

  levels = calloc(LEVELS, sizeof *levels);
  for (u32 i = 0; i < LEVELS; i++) levels[i].beta = i + C + 1;
  levels[0].count = n;
  Lanes thresholdLanes;
  for (int i = 0; i < 8; i++) {
    thresholdLanes[i] = i == 0 ? 7 : i - 1 < (int)C ? 0 : i - 1 - C; /* theta(i - 1) */
    thresholdLanes[i + 8] = i == 0 || i + C > 7 ? 7 : i + C;       /* beta(i - 1) */
  }

  struct timespec from, to;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
  u64 t = 0;
  for (u32 k = 0; k < BLOCK; k += 4) drawFour(&generators, draws[0], k);
  while (t < events) {
    if (t % BLOCK == 0 && events - t >= BLOCK && levels[LONGEST_NARROW + 1].count == 0) {
      const u64 blocks = (events - t) / BLOCK;
      const u64 done = K == 2 ? simulateTwo(t, blocks, thresholdLanes) : simulateAny(t, blocks, thresholdLanes);
      t += done * BLOCK;
      if (done) sorted = 0;
      if (done == blocks) continue;
    }
    const u32 ahead = events - t < BLOCK ? events - t : BLOCK;
    simulateSorted(t, ahead);
    t += ahead;
    for (u32 k = 0; k < BLOCK; k += 4) drawFour(&generators, draws[0], k);
  }
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);

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
