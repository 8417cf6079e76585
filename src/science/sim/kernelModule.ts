import { KERNEL_BASE64, KERNEL_BUILD } from './kernel.generated.ts';

/** The wasm module's exports; see assembly/kernel.ts. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  run(events: number): number;
  jobs(): number;
  jobsIntegral(): number;
}

/** Neither lib.es2023 nor @types/node declares WebAssembly's constructors. */
interface WebAssemblyApi {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

let compiled: object | undefined;

/**
 * Instances that are free again. Each memory reserves gigabytes of address space and is unmapped only when garbage is
 * collected, so a thread that runs thousands of short simulations uses one instance for all of them.
 */
const free: KernelExports[] = [];
/** A memory that grew beyond this, under an unstable system, is not kept. */
const LARGEST_KEPT = 1 << 24;

/** An instance with a memory of zeros of its own. The module is compiled once a thread. */
export function instantiateKernel(): KernelExports {
  const used = free.pop();
  if (used !== undefined) {
    new Uint8Array(used.memory.buffer).fill(0);
    return used;
  }
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  compiled ??= new Module(Uint8Array.from(atob(KERNEL_BASE64), (character) => character.charCodeAt(0)));
  return new Instance(compiled, {}).exports as KernelExports;
}

/** Gives an instance back. Nothing may use it, or a view of its memory, from here on. */
export function releaseKernel(kernel: KernelExports): void {
  if (kernel.memory.buffer.byteLength <= LARGEST_KEPT) free.push(kernel);
}

/** SHA-256 of the wasm bytes: results depend on the kernel through these alone. */
export const kernelBuild: string = KERNEL_BUILD;
