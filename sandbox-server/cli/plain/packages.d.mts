import type { Report } from './report.mjs';

/** Path of the Node that comes as a package, below the folder that holds node_modules. */
export function projectNode(root: string): string;
/** That Node where it is there, else this one where it is new enough, else a `Failure`. */
export function requireProjectNode(root: string): string;
export function packagesAreCurrent(root: string): boolean;
export function installPackages(root: string, report: Report): Promise<void>;
