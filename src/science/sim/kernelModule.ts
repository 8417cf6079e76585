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

/** A new instance with its own memory. The module is compiled once a thread. */
export function instantiateKernel(): KernelExports {
  const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
  compiled ??= new Module(Uint8Array.from(atob(KERNEL_BASE64), (character) => character.charCodeAt(0)));
  return new Instance(compiled, {}).exports as KernelExports;
}

/** SHA-256 of the wasm bytes: results depend on the kernel through these alone. */
export const kernelBuild: string = KERNEL_BUILD;
