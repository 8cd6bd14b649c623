/** What a course's image.yaml may need packages for. */
export type PackageUse = 'registry' | 'pull' | 'dockerfile' | 'internet';

export interface DebianPackage {
  name: string;
  /** It is there when this program or this file is. */
  program?: string;
  file?: string;
  reason: string;
  /** One of two that can do the same. */
  runtime?: true;
  /** Needed for these alone. */
  uses?: readonly PackageUse[];
}

export const DEBIAN_PACKAGES: readonly DebianPackage[];
export const REGISTRY_PACKAGES: readonly DebianPackage[];
export const NETWORK_PACKAGES: readonly DebianPackage[];
export const TEST_PACKAGES: readonly DebianPackage[];
/** Path of a program on the PATH or in a system folder. */
export function findProgram(program: string, env?: NodeJS.ProcessEnv): string | undefined;
export function missingPackages(options?: { tests?: boolean; uses?: readonly PackageUse[] }): DebianPackage[];
export function isEnough(missing: readonly DebianPackage[]): boolean;
export function describeMissing(missing: readonly DebianPackage[]): string;
