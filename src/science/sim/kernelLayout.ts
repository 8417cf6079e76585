/** Addresses in the kernel's memory: those of assembly/kernel.ts, which says what stands there. */
export const EVENT = 0;
export const ARRIVAL_BELOW = 8;
export const MODULUS = 16;
export const REJECT_BELOW = 24;
export const QUEUES = 32;
export const SHIFT = 36;
export const PIECES = 40;
export const ALIAS_AT = 44;
export const LEVELS_AT = 48;
export const LIMIT = 52;
export const LONGEST = 56;
export const BLOCK = 60;
export const RNG = 64;
export const LENGTHS = 128;
export const ALIAS_BYTES = 16;
export const LEVEL_BYTES = 32;
