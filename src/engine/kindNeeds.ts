import { type Digest, sha256 } from '../store/canonical.ts';
import { readPlainOrNone } from '../store/ownFile.ts';
import { versionIn } from './packages.ts';

/** What has to be as it was when a kind was loaded, for its code to be what its digest says. */
export interface KindNeeds {
  /** Of the bytes of its bundle. */
  readonly bundle: Digest;
  /** The package.json of each package that the bundle finds outside, and the version that it named. */
  readonly manifests: readonly (readonly [path: string, version: string])[];
}

/** A package of another version, or that is gone. */
interface OtherPackage {
  readonly path: string;
  readonly was: string;
  readonly is: string | undefined;
}

/** What is not as it was; empty where all is. */
export interface Missed {
  /** Whether the bundle is gone, or is another. */
  readonly bundle: boolean;
  readonly packages: readonly OtherPackage[];
}

/** Compares what there is now with what a kind needs. Reads the bundle and a short file for each package. */
export function missedBy(bundle: string, needs: KindNeeds): Missed {
  const bytes = readPlainOrNone(bundle);
  return {
    bundle: bytes === undefined || sha256(bytes) !== needs.bundle,
    packages: needs.manifests.flatMap(([path, was]) => {
      const is = versionIn(path);
      return is === was ? [] : [{ path, was, is }];
    }),
  };
}

/** The first of them, in words. */
export function packageWords(packages: readonly OtherPackage[]): string {
  const words = packages.map(({ path, was, is }) => `${path} is ${is ?? 'gone'} and was ${was}`);
  return [...words.slice(0, 3), ...(words.length > 3 ? [`and ${words.length - 3} more`] : [])].join('; ');
}
