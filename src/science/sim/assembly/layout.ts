/** Addresses in the kernel's memory, those of ../kernelLayout.ts. */

// The header
export const EVENT: usize = 0; // u64, events so far
export const ARRIVAL_BELOW: usize = 8; // u64, ⌈2^bits·a/(a + b)⌉·2^SHIFT for λ = a/b; ⌊2^32·a/(a + b)⌋ with tail counts alone
export const MODULUS: usize = 16; // u64, a + b
export const REJECT_BELOW: usize = 24; // u64, (2^bits mod n(a + b))·2^SHIFT
export const QUEUES: usize = 32; // u32, n
export const SHIFT: usize = 36; // u32, 64 − bits, where n < 2^SHIFT
export const PIECES: usize = 40; // u32, K
export const ALIAS_AT: usize = 44; // u32, address of the alias table
export const LEVELS_AT: usize = 48; // u32, address of the levels
export const LIMIT: usize = 52; // u32, levels that are filled
export const LONGEST: usize = 56; // u32, the longest queue when last looked at
export const BLOCK: usize = 60; // u32, events between two looks at the longest queue
export const RNG: usize = 64; // 4 × (u64, u64), the words of the origins' and of the samples' generator
export const REFINEMENTS: usize = 128; // u64, key of the digits that draws are refined with
export const ARRIVALS: usize = 136; // u64, a
export const ORIGINS_AT: usize = 144; // u32, address of the table of origins
export const SAMPLES_AT: usize = 148; // u32, address of the table of samples
export const THRESHOLDS_AT: usize = 152; // u32, address of 2^64·(j/n)^d, j = 1 … n − 1
export const MODE: usize = 156; // u32, which event loop; 0: 255 queues and more, draws of 64 digits
export const DRAWN: usize = 160; // u32, whether the draws of the event's block are in DRAWS
export const SORTED: usize = 164; // u32, whether LENGTHS are those of the levels
export const CODES: usize = 168; // 3 × i8, a refined draw
export const RNG_NEXT: usize = 176; // the generators after the draws of the block
export const THRESHOLD_LANES: usize = 240; // 16 × u8, levels θ(i − 1), then β(i − 1)
export const PATCH_ORIGINS: usize = 256; // 4 × (i8, i8), codes of four events, some refined
export const PATCH_SAMPLES: usize = 264; // 4 × i8
export const SCRATCH: usize = 272; // 48 bytes
export const SAMPLED_QUEUES: usize = 320; // u64, d, or ALL
export const DRAWS: usize = 336; // two blocks of draws
export const LANES_SCRATCH: usize = 336; // 72 bytes, in place of the draws
export const TABULATED: usize = 512; // u32, whether the tables are those of parts.ts, whose borders follow; in place of the draws
export const PATCH: usize = 2384; // a block of four draws, the numbers 0 … 3
export const LENGTHS: usize = 2960; // n × u32, decreasing

// In place of the lengths of many queues: u16 lengths, by parts of the positions and of the sample's draw
export const LENGTHS_TABLE: usize = 2960;
export const SAMPLED: usize = 2960 + 8192;
// What an event adds to the lanes, by its length, sampled length and kind: 8 × i16 counts, 8 × u8 stays, 8 × u8 migrations
export const OUTCOMES: usize = 2960 + 16_384;

// An entry of the alias table: the acceptance threshold in the upper bits, the alias in the lower SHIFT
export const ALIAS_SHIFT: usize = 3;

// A level: u32 m_i, u32 β(i), i64 integral, i64 arrivals that stayed at i − 1, i64 migrations to a queue of length i
export const LEVEL_SHIFT: usize = 5;
export const BETA: usize = 4;
export const INTEGRAL: usize = 8;
export const STAYS: usize = 16;
export const MIGRATIONS: usize = 24;

// A block of draws: u16 for the origin of each event, then u16 for its sample
export const BLOCK_EVENTS: u32 = 256;
export const BLOCK_BYTES: usize = 1024;
export const SAMPLES: usize = 512;

export const NARROW_MODE: u32 = 1;
export const LARGE_MODE: u32 = 2;
export const ALL: u64 = u64.MAX_VALUE;
